import { openCapture } from '../capture/open.ts';
import { FileSession } from './file-session.ts';
import { errorText, FilterError } from '../filter/error.ts';
import { journeys, Subject } from '../filter/journeys.ts';
import { parse } from '../filter/parser.ts';
import type { Text } from '../text/text.ts';

/** Ids of the journeys of a file that match a filter, or what is wrong with the filter. Throws a CaptureError where nothing can be read. */
export async function matchingJourneys(file: string, text: string, keyLogs: readonly string[]): Promise<Set<number> | Text> {
  if (file === '-')
    return {
      en: '-Y reads the file twice: standard input will not do',
      ko: '-Y는 파일을 두 번 읽습니다. 표준 입력은 쓸 수 없습니다',
    };
  try {
    const filter = parse(text, journeys);
    const source = await openCapture(file, { keep: true, keyLogs });
    const session = new FileSession(source);
    try {
      while (await session.step());
      const found = new Set<number>();
      for (let i = 0; i < session.journeyCount(); i++)
        if (filter.test(new Subject(session, i))) found.add(session.journeyHead(i).id);
      return found;
    } finally {
      session.close();
      source.close();
    }
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const { en, ko } = errorText(error);
    return { en: `filter, ${en}`, ko: `필터 ${ko}` };
  }
}
