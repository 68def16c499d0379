import { CaptureError } from '../capture/batch.ts';
import { ENGINES, type EngineName, type LiveCapture, type LiveSettings } from './capture.ts';
import { startHelper } from './helper-process.ts';
import { named } from './list.ts';
import { startProgram } from './program.ts';
import { watch } from './watch.ts';

/** What another engine may do better: one may be missing here, another may have the right to capture. */
const TRY_NEXT = new Set(['no-libpcap', 'no-permission', 'helper', 'no-program']);

/** Starts capturing with the engine asked for, else with the first that can. */
export async function startCapture(settings: LiveSettings, program: string): Promise<LiveCapture> {
  // Twice the same would give each packet twice.
  const ready = { ...settings, interfaces: [...new Set(settings.interfaces.map(named))] };
  const engines: EngineName[] = settings.engine === 'auto' ? [...ENGINES] : [settings.engine];
  let first: unknown;
  for (const engine of engines) {
    try {
      const capture = await (engine === 'libpcap' ? startHelper(ready, program) : startProgram(engine, ready));
      watch(capture, ready);
      return capture;
    } catch (error) {
      first ??= error;
      if (!(error instanceof CaptureError) || !TRY_NEXT.has(error.code)) throw first;
    }
  }
  throw first;
}
