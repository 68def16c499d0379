import type { Packets } from '../dissect/packets.ts';
import type { Text } from '../text/text.ts';
import type { Journey } from './model.ts';

/**
 * Packets captured on several processors may come a little out of order, by some milliseconds. A clock that was set goes back
 * further: time daemons slew what is less (ntpd up to 128 ms).
 */
const STEP_NANOSECONDS = 10e6;
/** Steps kept; beyond, only durations that come out negative are known to be wrong. */
export const STEP_LIMIT = 1024;

/**
 * Where the capture's clock ran backwards: no duration across such a place can be measured. Packets of several interfaces may be
 * written in the order in which their buffers were emptied, so that only those of one interface are compared.
 */
export class ClockSteps {
  /** Packets, in order, whose time lies before that of the packet ahead of them. */
  private readonly packets: number[] = [];
  /** The last time on each interface, but of `current` it is `last`. */
  private readonly lasts: number[] = [];
  private current = 0;
  private last = Number.NEGATIVE_INFINITY;

  /** `interfaces` tells each row's. */
  rows(p: Packets, from: number, to: number, interfaces: ArrayLike<number>): void {
    const { time } = p;
    let { last } = this;
    for (let row = from; ; row++) {
      const { current } = this;
      for (; row < to && interfaces[row] === current && time[row] >= last - STEP_NANOSECONDS; row++) last = time[row];
      if (row >= to) break;
      if (interfaces[row] !== current) last = this.turn(interfaces[row], last);
      if (time[row] < last - STEP_NANOSECONDS && this.packets.length < STEP_LIMIT) this.packets.push(p.firstNumber + row);
      last = time[row];
    }
    this.last = last;
  }

  /** Another interface; returns its last time. */
  private turn(to: number, last: number): number {
    const { lasts } = this;
    lasts[this.current] = last;
    while (lasts.length <= to) lasts.push(Number.NEGATIVE_INFINITY);
    this.current = to;
    return lasts[to];
  }

  /** The first packet after `from`, up to `to`, at which the clock ran backwards; 0 none. */
  between(from: number, to: number): number {
    const { packets } = this;
    let low = 0;
    let high = packets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (packets[middle] > from) high = middle;
      else low = middle + 1;
    }
    return low < packets.length && packets[low] <= to ? packets[low] : 0;
  }

  /** Whether the time from one packet to another can be measured; not where one of them is missing (0). */
  measurable(from: number, to: number, duration: number): boolean {
    return from !== 0 && to !== 0 && duration >= 0 && this.between(from, to) === 0;
  }

  /** Says in the stages of a journey where their lengths mean nothing. */
  tell(journey: Journey): void {
    if (this.packets.length === 0) return;
    let before = 0;
    for (const stage of journey.stages) {
      if (stage.reused || stage.packets.length === 0) continue;
      const first = stage.packets[0];
      const last = Math.max(before, stage.packets[stage.packets.length - 1]);
      const step = this.between(before === 0 ? first : before, last);
      before = last;
      if (step === 0) continue;
      const note: Text = {
        en: `the capture’s clock ran backwards in packet ${step}: this time is not known`,
        ko: `${step}번 패킷에서 캡처의 시계가 거꾸로 갔습니다. 이 시간은 알 수 없습니다`,
      };
      stage.note = stage.note === undefined ? note : { en: `${stage.note.en}; ${note.en}`, ko: `${stage.note.ko}; ${note.ko}` };
    }
  }
}
