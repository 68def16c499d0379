import type { Text } from '../text/text.ts';
import { ENGINES, type LiveSettings } from './capture.ts';

const SNAPLEN = 262_144;
const MOST_SNAPLEN = 262_144;
const BUFFER_MIB = 32;

interface Values {
  interface?: string[];
  filter?: string;
  write?: string;
  count?: string;
  duration?: string;
  'no-promiscuous'?: boolean;
  'snapshot-length'?: string;
  'buffer-size'?: string;
  engine?: string;
}

/** From the command line; a Text says what is wrong with it. Words that are no option are the filter, as in tcpdump. */
export function settingsOf(values: Values, words: string[]): LiveSettings | Text {
  const number = (option: string, value: string | undefined, otherwise: number, least: number, most: number): number | Text => {
    if (value === undefined) return otherwise;
    const n = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
    if (n >= least && n <= most) return n;
    return {
      en: `${option} takes a number from ${least} to ${most}, not "${value}"`,
      ko: `${option}에는 ${least}에서 ${most} 사이의 수를 씁니다 ("${value}" 아님)`,
    };
  };
  const count = number('-c', values.count, 0, 1, Number.MAX_SAFE_INTEGER);
  if (typeof count !== 'number') return count;
  const duration = number('--duration', values.duration, 0, 0.001, 2_000_000);
  if (typeof duration !== 'number') return duration;
  const snaplen = number('-s', values['snapshot-length'], SNAPLEN, 0, MOST_SNAPLEN);
  if (typeof snaplen !== 'number') return snaplen;
  const buffer = number('-B', values['buffer-size'], BUFFER_MIB, 1, 1024);
  if (typeof buffer !== 'number') return buffer;
  const engine = ['auto', ...ENGINES].find((name) => name === (values.engine ?? 'auto')) as LiveSettings['engine'] | undefined;
  if (engine === undefined)
    return {
      en: `--engine takes auto, ${ENGINES.join(', ')}, not "${values.engine}"`,
      ko: `--engine에는 auto, ${ENGINES.join(', ')} 중 하나를 씁니다 ("${values.engine}" 아님)`,
    };
  if (values.filter !== undefined && words.length > 0)
    return {
      en: `one filter, please: -f "${values.filter}" or the words "${words.join(' ')}"`,
      ko: `필터는 하나만 쓸 수 있습니다: -f "${values.filter}" 또는 "${words.join(' ')}"`,
    };
  if (values.interface?.includes(''))
    return {
      en: '-i takes the name or the number of an interface; wirebook -D lists them',
      ko: '-i에는 인터페이스의 이름이나 번호를 씁니다. wirebook -D로 목록을 볼 수 있습니다',
    };
  return {
    interfaces: values.interface ?? [],
    filter: values.filter ?? words.join(' '),
    snaplen: snaplen === 0 ? SNAPLEN : Math.round(snaplen),
    buffer: Math.round(buffer * 2 ** 20),
    promiscuous: values['no-promiscuous'] !== true,
    count: Math.round(count),
    duration: Math.round(duration * 1000),
    write: values.write,
    engine,
  };
}
