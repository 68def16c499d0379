import type { Conversation } from './conversation.ts';
import { TlsParser } from './tls.ts';

/** How long a connection that is over waits for its keys, in nanoseconds of the capture's clock; and how many do. */
const PATIENCE = 3e9;
const MOST = 1024;

/** Connections that are over while their keys may still come. */
export class LateKeys {
  private readonly list: { c: Conversation; parser: TlsParser; since: number }[] = [];

  /** True: it waits, and `ready` will name it. */
  wait(c: Conversation, now: number): boolean {
    const { parser } = c;
    if (!(parser instanceof TlsParser) || !parser.waits) return false;
    if (this.list.length >= MOST) {
      parser.giveUp();
      return false;
    }
    if (!this.list.some((each) => each.c === c)) this.list.push({ c, parser, since: now });
    return true;
  }

  /** Those whose keys have come, or who have waited long enough. */
  ready(now: number): Conversation[] {
    const ready: Conversation[] = [];
    for (let i = this.list.length - 1; i >= 0; i--) {
      const { c, parser, since } = this.list[i];
      if (parser.waits && now - since < PATIENCE) continue;
      parser.giveUp();
      this.list.splice(i, 1);
      ready.push(c);
    }
    return ready.reverse();
  }
}
