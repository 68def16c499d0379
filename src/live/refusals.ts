import { CaptureError } from '../capture/batch.ts';
import { quoted } from './remedies.ts';

/** libpcap's numbers (pcap(3PCAP)). */
const NO_SUCH_DEVICE = -5;
const NO_PERMISSION = -8;
const INTERFACE_DOWN = -9;
const PROMISCUOUS_NO_PERMISSION = -11;

/** The very command again, with the right to capture. */
export const again = (): string => ['sudo', process.execPath, ...process.argv.slice(1)].map(quoted).join(' ');

/** Why an interface cannot be opened, in libpcap's words, and what would help. */
export function refusal(
  name: string,
  what: 'open' | 'filter' | 'library' | 'privileges' | 'program',
  code: number,
  words: string,
): CaptureError {
  const make = (kind: string, en: string, ko: string) => new CaptureError(kind, en, ko);
  if (what === 'library')
    return make(
      'no-libpcap',
      `${words}; on Debian and Ubuntu: sudo apt-get install libpcap0.8`,
      `${words}. 데비안과 우분투에서는: sudo apt-get install libpcap0.8`,
    );
  if (what === 'program') return make('no-program', `cannot be run: ${words}`, `실행할 수 없습니다: ${words}`);
  if (what === 'filter') return make('filter', `the filter is not understood: ${words}`, `필터를 이해할 수 없습니다: ${words}`);
  if (what === 'privileges')
    return make('privileges', `privileges cannot be given up: ${words}`, `권한을 내려놓을 수 없습니다: ${words}`);
  if (code === NO_PERMISSION || code === PROMISCUOUS_NO_PERMISSION || /permi/i.test(words))
    return make(
      'no-permission',
      `${name}: no permission to capture (${words}); run: ${again()}`,
      `${name}: 캡처할 권한이 없습니다 (${words}). 이렇게 실행하세요: ${again()}`,
    );
  if (code === NO_SUCH_DEVICE)
    return make(
      'no-interface',
      `${name}: no such interface (${words}); wirebook -D lists them`,
      `${name}: 그런 인터페이스가 없습니다 (${words}). wirebook -D로 목록을 볼 수 있습니다`,
    );
  if (code === INTERFACE_DOWN)
    return make(
      'interface-down',
      `${name}: the interface is down; bring it up: sudo ip link set ${quoted(name)} up`,
      `${name}: 인터페이스가 내려가 있습니다. 올리려면: sudo ip link set ${quoted(name)} up`,
    );
  return make('open', `${name}: cannot be opened: ${words}`, `${name}: 열 수 없습니다: ${words}`);
}
