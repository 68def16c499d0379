import { chapterPages, contents, type JudgedBook, rulePages, undecidable } from '../report/book-pages.ts';
import { Out, OutputClosed } from '../report/out.ts';
import { packetPages } from '../report/packet-pages.ts';
import { Pages } from '../report/pages.ts';
import { judgeAll } from '../rules/engine.ts';
import { buildHops } from '../rules/join/build.ts';
import { quicOfFlow } from '../correlate/quic-record.ts';
import { storyOf, unopened } from '../rules/packet-story.ts';
import { RULES, ruleById } from '../rules/registry.ts';
import { CHAPTERS, type Chapter, type Judgement } from '../rules/rule.ts';
import type { Language } from '../text/text.ts';
import { readCapture } from './read-capture.ts';

export interface BookLook {
  language: Language;
  /** Of the terminal; undefined where there is none: lines are not broken. */
  columns: number | undefined;
  colour: boolean;
  keyLogs: readonly string[];
}

/** The book in the terminal: its contents, a chapter ("dns"), or "all"; with the verdicts on a capture where one is named. */
export async function showBook(part: Chapter | 'all' | undefined, file: string | undefined, look: BookLook): Promise<void> {
  const judged = file === undefined ? new Map<string, Judgement[]>() : await judgedBook(file, look.keyLogs);
  writing(look, (pages) => {
    const { language } = look;
    if (part === undefined) contents(pages, language, judged);
    else if (part !== 'all') chapterPages(pages, part, language, judged);
    else {
      for (const chapter of CHAPTERS) {
        chapterPages(pages, chapter, language, judged);
        pages.blank();
      }
      undecidable(pages, language);
    }
  });
}

/** One rule, whole. False: there is no such rule. */
export function explainRule(id: string, look: BookLook): boolean {
  const rule = ruleById(id.toUpperCase());
  if (rule !== undefined) writing(look, (pages) => rulePages(pages, rule, look.language, undefined, true));
  return rule !== undefined;
}

/** One packet in the story of its journey. False: the capture has no such packet; `packets` says how many it has. */
export async function explainPacket(file: string, number: number, look: BookLook): Promise<{ found: boolean; packets: number }> {
  const capture = await readCapture(file, look.keyLogs);
  try {
    const packet = capture.packet(number);
    const packets = capture.packetCount;
    if (packet === undefined) return { found: false, packets };
    const story = storyOf(capture, number, capture.connectionOf(number));
    const quic = quicOfFlow(capture.quicFlowOf(number) ?? -1);
    if (quic !== undefined) story.says.push(...unopened(capture.quic.get(quic)?.decryption, number));
    const ids = new Set(story.journeys.map(({ journey }) => journey.id));
    const judgements: Judgement[] = [];
    for (const each of judgeAll(RULES, buildHops([capture])))
      if (each.packets.includes(number) && (each.journeyId === null || ids.has(each.journeyId))) judgements.push(each);
    writing(look, (pages) =>
      packetPages(pages, capture, packet, capture.decryptedLayers(number), story, judgements, look.language),
    );
    return { found: true, packets };
  } finally {
    capture.close();
  }
}

async function judgedBook(file: string, keyLogs: readonly string[]): Promise<JudgedBook> {
  const capture = await readCapture(file, keyLogs);
  const judged = new Map<string, Judgement[]>();
  try {
    for (const each of judgeAll(RULES, buildHops([capture]))) {
      const list = judged.get(each.rule);
      if (list === undefined) judged.set(each.rule, [each]);
      else list.push(each);
    }
    return judged;
  } finally {
    capture.close();
  }
}

function writing(look: BookLook, write: (pages: Pages) => void): void {
  const pages = new Pages(new Out(1), look.columns ?? 0, look.colour);
  try {
    write(pages);
    pages.flush();
  } catch (error) {
    if (!(error instanceof OutputClosed)) throw error;
  }
}
