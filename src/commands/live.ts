import { statSync } from 'node:fs';
import { Batch, type Source } from '../capture/batch.ts';
import type { LiveSettings } from '../live/capture.ts';
import { claimFile } from '../live/claim.ts';
import { includeSecrets } from '../live/include-secrets.ts';
import { processOwners } from '../live/owners.ts';
import { startCapture } from '../live/start.ts';
import { writeReport } from '../report/write.ts';
import type { Format } from '../text/formats.ts';
import { dropsText } from '../text/drops.ts';
import { problemText } from '../text/problems.ts';
import type { Language, Text } from '../text/text.ts';
import { canRunUi } from '../ui/manners.ts';
import { VERSION } from '../version.ts';
import type { ScreenOptions } from './screen-settings.ts';

const OK = 0;
const BROKEN = 1;

/** How the capture was made, not a fault in it. */
const NO_KERNEL_TIMESTAMPS = 'no-kernel-timestamps';

export interface LiveOutput {
  /** Undefined: on screen where there is one. */
  format: Format | undefined;
  language: Language;
  screens: ScreenOptions;
  /** SHA-256 of every TCP stream in the report. */
  hashes: boolean;
  /** Asked once privileges are given up: key logs are opened as the user who asked. */
  keyLogs(): string[];
  /** To standard error. */
  complain(message: string): void;
}

/** Captures until somebody or something ends it; gives the exit code. */
export async function captureLive(settings: LiveSettings, output: LiveOutput): Promise<number> {
  const { format, language, complain } = output;
  let stopped = false;
  let stop = (): void => {
    stopped = true;
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => stop());
  if (settings.write !== undefined) await claimFile(settings.write);
  const capture = await startCapture(settings, `wirebook ${VERSION}`);
  const keyLogs = output.keyLogs();
  capture.source.keyLogs = keyLogs;
  const keep = secretsKeeper(settings, output, keyLogs);
  stop = () => capture.stop();
  if (stopped) stop();
  if (format === undefined && canRunUi(process.stdout, process.stdin, process.env)) {
    const { runLiveScreens } = await import('./screens.ts');
    const { screenSettings } = await import('./screen-settings.ts');
    const code = await runLiveScreens(capture, screenSettings(output.screens, language, process.env));
    keep();
    return code;
  }
  const told = new Set<Text>();
  const tell = (): void => {
    for (const note of capture.state.notes) if (!told.has(note)) complain(note[language]);
    for (const note of capture.state.notes) told.add(note);
  };
  capture.onChange = tell;
  tell();
  try {
    // As in tcpdump: the capture takes the report's place on standard output.
    const problems =
      settings.write === '-'
        ? await readAll(capture.source, language)
        : await writeReport(capture.source, format ?? 'text', language, output.hashes, { owners: processOwners() });
    await capture.finish();
    tell();
    const { dropped, interfaceDropped, incomplete } = capture.state;
    problems.forEach((problem, i) => {
      if (capture.source.problems[i]?.code !== NO_KERNEL_TIMESTAMPS) complain(problem);
    });
    complain(dropsText(dropped, interfaceDropped)[language]);
    keep();
    const broken = capture.source.problems.some((each) => each.code !== NO_KERNEL_TIMESTAMPS);
    return broken || incomplete ? BROKEN : OK;
  } finally {
    await capture.finish();
    capture.source.close();
  }
}

/** With --include-secrets: puts what the key logs gained while capturing into the file that -w kept. */
function secretsKeeper(settings: LiveSettings, { screens, language, complain }: LiveOutput, keyLogs: string[]): () => void {
  const { write } = settings;
  if (screens['include-secrets'] !== true || write === undefined || write === '-') return () => {};
  const begins = keyLogs.map((path) => [path, sizeOf(path)] as const);
  return () => {
    for (const [path, from] of begins) {
      try {
        includeSecrets(write, path, from);
      } catch (error) {
        const why = (error as Error).message;
        complain(
          { en: `the keys could not be put into ${write}: ${why}`, ko: `${write}에 키를 넣을 수 없습니다: ${why}` }[language],
        );
      }
    }
  };
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

async function readAll(source: Source, language: Language): Promise<string[]> {
  const batch = new Batch();
  while (await source.next(batch));
  return source.problems.map((each) => problemText(each, language));
}
