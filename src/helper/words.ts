import type { HelperEvent, Statistics } from './protocol.ts';

/** What capture programs say on standard error, line by line: their counts, and what is wrong. */
export class Words {
  /** Counts since the start; absent until the program has told them. */
  statistics: Statistics | undefined;
  private readonly lines: string[] = [];
  private rest = '';

  /** True when the counts are new. */
  add(piece: string): boolean {
    const lines = (this.rest + piece).split(/[\r\n]+/);
    this.rest = (lines.pop() ?? '').slice(-1000);
    return lines.map((line) => this.line(line)).includes(true);
  }

  /** What went wrong, in the program's words, without its name and its advice; empty: nothing. */
  get complaint(): string {
    if (this.rest !== '') this.add('\n');
    return this.lines.join(' ');
  }

  private line(line: string): boolean {
    // "tcpdump: 12 packets captured, 12 packets received by filter, 0 packets dropped by kernel", and the same in three lines.
    const received = /(\d+) packets? received by filter/.exec(line);
    const dropped = /(\d+) packets? dropped by kernel/.exec(line);
    const lost = /(\d+) packets? dropped by interface/.exec(line);
    // "Packets received/dropped on interface 'lo': 12/0 (pcap:0/dumpcap:0/flushed:0/ps_ifdrop:0) (100.0%)", one an interface.
    const own = /received\/dropped on interface '.*': (\d+)\/(\d+) \(.*?(?:ps_ifdrop:(\d+))?\)/.exec(line);
    if (own !== null) {
      const before = this.statistics ?? { received: 0, dropped: 0, interfaceDropped: 0 };
      const [here, gone, byInterface] = own.slice(1).map((n) => Number(n ?? 0));
      this.statistics = {
        received: before.received + here,
        dropped: before.dropped + gone,
        interfaceDropped: before.interfaceDropped + byInterface,
      };
      return true;
    }
    if (received !== null || dropped !== null || lost !== null) {
      this.statistics = {
        received: Number(received?.[1] ?? this.statistics?.received ?? 0),
        dropped: Number(dropped?.[1] ?? this.statistics?.dropped ?? 0),
        interfaceDropped: Number(lost?.[1] ?? this.statistics?.interfaceDropped ?? 0),
      };
      return dropped !== null || lost !== null;
    }
    if (
      /^(Capturing on |File: |Packets( captured)?: )|packets? captured|: listening on |dropped privs to|^tcpdump: pcap_stats: |^pcap_stats: |^\s*$/.test(
        line,
      )
    )
      return false;
    // dumpcap goes on with advice for people who have Wireshark before them.
    if (
      /^(Please check|On Debian|See the User's Guide|If you did not|adding yourself|selecting|and then|\s+sudo|\s+Should)/.test(
        line,
      )
    )
      return false;
    const words = line
      .replace(/^(tcpdump|dumpcap|Warning): /, '')
      .trim()
      .slice(0, 300);
    // "(No such device exists)" once more, behind the same words.
    const known = this.lines.some((each) => each.includes(words.replace(/^\((.*)\)$/, '$1')));
    if (this.lines.length < 5 && !known) this.lines.push(words);
    return false;
  }
}

const NO_PERMISSION = -8;
const NO_SUCH_DEVICE = -5;
const INTERFACE_DOWN = -9;

/** What a program's complaint is about, with libpcap's number for it. */
export function kindOf(complaint: string): Pick<HelperEvent & { event: 'refused' }, 'what' | 'code'> {
  if (/permission|not permitted/i.test(complaint)) return { what: 'open', code: NO_PERMISSION };
  if (/no such device|no device named|doesn't exist/i.test(complaint)) return { what: 'open', code: NO_SUCH_DEVICE };
  if (/is not up|network is down/i.test(complaint)) return { what: 'open', code: INTERFACE_DOWN };
  if (/filter|syntax error|unknown host|unknown port|expression/i.test(complaint)) return { what: 'filter', code: 0 };
  return { what: 'open', code: 0 };
}
