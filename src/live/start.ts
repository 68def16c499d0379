import { CaptureError } from '../capture/batch.ts';
import { ENGINES, type EngineName, type LiveCapture, type LiveSettings } from './capture.ts';
import { startHelper } from './helper-process.ts';
import { named } from './list.ts';
import { startProgram } from './program.ts';
import { watch } from './watch.ts';

/** What another engine may do better: one may be missing here, another may have the right to capture. */
const TRY_NEXT = new Set(['no-libpcap', 'no-permission', 'helper', 'no-program']);

/** What Linux's "any" has not: it is of network interfaces alone. */
const BESIDE_ANY = /^(nflog|nfqueue|usbmon|bluetooth|dbus-)/;

/** Starts capturing with the engine asked for, else with the first that can. */
export async function startCapture(settings: LiveSettings, program: string): Promise<LiveCapture> {
  // Twice the same would give each packet twice.
  const ready = { ...settings, interfaces: [...new Set(settings.interfaces.map(named))] };
  const [other] = ready.interfaces.filter((each) => each !== 'any' && !BESIDE_ANY.test(each));
  if (ready.interfaces.includes('any') && other !== undefined)
    throw new CaptureError(
      'interfaces',
      `-i any captures ${other} as well: with both, each of its packets would come twice; one of them, please`,
      `-i any는 ${other}까지 캡처합니다. 둘을 함께 쓰면 패킷이 두 번씩 잡힙니다. 둘 중 하나만 쓰세요`,
    );
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
