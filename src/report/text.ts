import type { Analysis } from '../session/analysis.ts';
import type { Configuration } from '../correlate/configuration.ts';
import { toldText } from '../correlate/configuration-text.ts';
import { hostPort } from '../correlate/host-names.ts';
import type { Connection, Journey, Listener, Stage } from '../correlate/model.ts';
import { fill, OUTCOME, SAY, STAGE, STAGE_MARK } from '../text/messages.ts';
import { problemText } from '../text/problems.ts';
import { safe } from '../text/safe.ts';
import type { Language, Text } from '../text/text.ts';
import { pad } from '../text/width.ts';
import type { Out } from './out.ts';
import { QuicLines } from './quic-lines.ts';
import { Section } from './section.ts';
import { tlsLines } from './tls-lines.ts';

const BAR = 32;
/** Connections whose lines wait for their journeys. */
const LINES_KEPT = 100_000;
/** Lines for what clients were told of their networks. */
const TOLD_SHOWN = 8;
/** A wait shorter than this share of the journey and this many nanoseconds is no line of its own. */
const SMALL_SHARE = 0.01;
const SMALL_NANOSECONDS = 1e6;

const WORDS = {
  problem: { en: 'problem', ko: '문제' },
  reused: { en: 'earlier', ko: '이미 있음' },
  closedBy: { en: 'closed first by', ko: '먼저 닫은 쪽:' },
  refusedBy: { en: 'refused by', ko: '거부한 쪽:' },
  partial: { en: '(not all of it was captured)', ko: '(일부는 캡처되지 않음)' },
  client: { en: 'the client', ko: '클라이언트' },
  server: { en: 'the server', ko: '서버' },
  connection: { en: 'connection', ko: '연결' },
  process: { en: 'process', ko: '프로세스' },
  unknown: { en: 'unknown', ko: '알 수 없음' },
  why: { en: 'why', ko: '근거' },
  network: { en: 'network', ko: '네트워크' },
  moreTold: { en: '… and {n} more, in the JSON report', ko: '… 외 {n}개는 JSON 보고서에' },
  retransmissions: { en: 'sent again', ko: '재전송' },
  ineffectiveResets: { en: 'RST without effect', ko: '효과 없는 RST' },
} satisfies Record<string, Text>;

/** Journeys as lines of text, each with its stages, packets and the reasons for what was joined. */
export class TextReport implements Listener {
  private readonly out: Out;
  private readonly language: Language;
  private readonly journeys = new Section();
  private count = 0;
  private analysis: Analysis | undefined;
  /** Connections that ended, for the journeys that end with them. */
  private readonly connections = new Map<number, string>();
  private readonly sessions = new Map<number, string>();

  private readonly quicLines: QuicLines;
  private readonly filtered: boolean;

  /** `filtered`: it is given only the journeys that somebody asked for. */
  constructor(out: Out, language: Language, filtered = false) {
    this.filtered = filtered;
    this.out = out;
    this.language = language;
    this.quicLines = new QuicLines(language);
  }

  /** What clients were told of their networks: the first of it, and how much there was. */
  private readonly told: Configuration[] = [];
  private toldCount = 0;

  of(analysis: Analysis): void {
    this.analysis = analysis;
  }

  /** The first line counts the whole capture: nothing goes out before its end. */
  flush(): void {}

  journey: Listener['journey'] = (j) => {
    this.count++;
    this.journeys.add(j.start, Buffer.from(this.journeyText(j), 'utf8'));
  };

  configuration: Listener['configuration'] = (c) => {
    this.toldCount++;
    this.told.push(c);
    if (this.told.length > TOLD_SHOWN) this.told.sort((a, b) => a.packet - b.packet).pop();
  };

  tls: Listener['tls'] = (t) => {
    this.sessions.set(t.connection, tlsLines(t, this.language));
    if (this.sessions.size > LINES_KEPT) this.sessions.delete(this.sessions.keys().next().value as number);
  };

  connection: Listener['connection'] = (c) => {
    this.connections.set(c.id, this.connectionText(c) + (this.sessions.get(c.id) ?? ''));
    this.sessions.delete(c.id);
    if (this.connections.size > LINES_KEPT) this.connections.delete(this.connections.keys().next().value as number);
  };

  quic: Listener['quic'] = (q) => this.quicLines.add(q);

  write(): void {
    const { out } = this;
    const analysis = this.analysis as Analysis;
    const s = analysis.summary();
    const seconds =
      s.first === undefined || s.last === undefined
        ? 0
        : s.last.seconds - s.first.seconds + (s.last.nanoseconds - s.first.nanoseconds) / 1e9;
    const kinds = s.linkTypes.join(', ');
    const packets = fill(s.packets === 1 ? SAY.onePacket : SAY.packetCount, this.language, { n: s.packets });
    const journeys = fill(this.count === 1 ? SAY.oneJourney : SAY.journeyCount, this.language, { n: this.count });
    // Only some captures say what they lost: 0 is told, not known is not.
    const dropped = s.dropped === undefined ? '' : `, ${fill(SAY.dropped, this.language, { n: s.dropped })}`;
    out.write(`${safe(s.file)}: ${packets}, ${seconds.toFixed(3)} s, ${kinds}, ${journeys}${dropped}\n`);
    for (const p of s.problems) out.write(`${this.say(WORDS.problem)}: ${safe(problemText(p, this.language))}\n`);
    for (const c of this.told.sort((a, b) => a.packet - b.packet))
      out.write(`${this.say(WORDS.network)}: ${safe(this.say(toldText(c)))}\n`);
    const more = this.toldCount - this.told.length;
    if (more > 0) out.write(`${this.say(WORDS.network)}: ${fill(WORDS.moreTold, this.language, { n: more })}\n`);
    if (this.count === 0) out.write(`${this.say(this.filtered ? SAY.noneMatches : SAY.noJourneys)}\n`);
    this.journeys.drain((record, n) => {
      const line = Buffer.from(record)
        .toString('utf8')
        .replace(/\0(q?)(\d+)\0/, (_, quic, id) =>
          quic === '' ? (this.connections.get(Number(id)) ?? '') : this.quicLines.of(Number(id)),
        );
      out.write(`\n${n + 1}. ${line}`);
    });
    out.flush();
  }

  private say(text: Text): string {
    return text[this.language];
  }

  private journeyText(j: Journey): string {
    const title = safe([j.method, j.url ?? j.name].filter((x) => x !== undefined).join(' '));
    const facts = [j.status === undefined ? undefined : String(j.status), this.say(OUTCOME[j.outcome])];
    facts.push(`${j.har.total.toFixed(3)} ms`);
    if (j.responseBytes !== undefined) facts.push(`${j.partial ? '≥ ' : ''}${j.responseBytes} B`);
    if (j.partial) facts.push(this.say(WORDS.partial));
    let text = `${title}  ${facts.filter((x) => x !== undefined).join('  ')}\n`;
    if (j.connection !== undefined) text += `\0${j.connection}\0`;
    else if (j.quic !== undefined) text += `\0q${j.quic}\0`;
    const length = Math.max(1, j.end - j.start);
    for (const s of j.stages) if (!small(s, length)) text += this.stageText(s, j.start, length);
    for (const e of j.evidence) text += `   ${this.say(WORDS.why)}: ${safe(this.say(e.text))}\n`;
    return text;
  }

  private stageText(s: Stage, start: number, length: number): string {
    const from = Math.min(BAR - 1, Math.floor(((s.start - start) / length) * BAR));
    const to = Math.max(from + 1, Math.round(((s.end - start) / length) * BAR));
    const bar = s.reused ? ' '.repeat(BAR) : `${' '.repeat(from)}${STAGE_MARK[s.kind].repeat(to - from)}`.padEnd(BAR);
    const time = s.reused ? pad(this.say(WORDS.reused), 12) : `${((s.end - s.start) / 1e6).toFixed(3).padStart(9)} ms`;
    const packets = s.packets.slice(0, 12).join(' ') + (s.packetCount > 12 ? ` … (${s.packetCount})` : '');
    const note = s.note === undefined ? '' : `  ${this.say(s.note)}`;
    return (
      `   ${pad(this.say(STAGE[s.kind]), 16)} ${((s.start - start) / 1e6).toFixed(3).padStart(9)} ${time} |${bar}| ${packets}${note}`.trimEnd() +
      '\n'
    );
  }

  private connectionText(c: Connection): string {
    let text = `   ${hostPort(c.client)} → ${hostPort(c.server)}  ${this.say(WORDS.connection)} ${c.id}  ${c.history}`;
    if (c.close.first !== undefined)
      text += `  ${this.say(c.close.how === 'refused' ? WORDS.refusedBy : WORDS.closedBy)} ${this.say(WORDS[c.close.first])}`;
    if (c.process !== undefined)
      text += `  ${this.say(WORDS.process)} ${c.process === 'unknown' ? this.say(WORDS.unknown) : `${safe(c.process.name)} (${c.process.pid})`}`;
    if (c.retransmissions.length > 0) text += `  ${this.say(WORDS.retransmissions)}: ${c.retransmissions.slice(0, 8).join(' ')}`;
    const resets = c.segments?.ineffectiveResets;
    if (resets !== undefined) text += `  ${this.say(WORDS.ineffectiveResets)}: ${resets.slice(0, 8).join(' ')}`;
    return `${text}\n`;
  }
}

const small = (s: Stage, length: number): boolean =>
  s.kind === 'idle' && s.end - s.start < SMALL_NANOSECONDS && s.end - s.start < length * SMALL_SHARE;
