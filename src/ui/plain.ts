// The screens' actions as lines of text, for screen readers and for terminals that can do nothing else: a command in, lines out.
import { errorText, FilterError } from '../filter/error.ts';
import { type Subject, Subject as JourneySubject, journeys } from '../filter/journeys.ts';
import { type Packet, packets } from '../filter/packets.ts';
import { type Filter, parse } from '../filter/parser.ts';
import { journeyFilter } from '../filter/wireshark.ts';
import type { Field } from '../dissect/protocol.ts';
import type { SessionView } from '../session/session.ts';
import { fill, OUTCOME, SAY, STAGE } from '../text/messages.ts';
import { PLAIN } from '../text/plain.ts';
import { problemText } from '../text/problems.ts';
import { TROUBLE_SAYS } from '../text/trouble.ts';
import { filterOfTrouble, troubleText } from './screens/problems.ts';
import { safe } from '../text/safe.ts';
import type { Language, Text } from '../text/text.ts';
import { bytes, count, duration, seconds } from './format.ts';

const PAGE = 20;
/** Packets that one filter looks at. */
const MOST_PACKETS = 200_000;

interface Command {
  names: string[];
  /** What comes behind it, in the help. */
  words?: Text;
  help: Text;
  run(plain: Plain, rest: string): string[];
}

/** Every command, one entry each; the help is made of them. A letter or the beginning of a name will do. */
export const COMMANDS: readonly Command[] = [
  { names: ['list', 'l', '목록'], words: { en: '[N]', ko: '[N]' }, help: PLAIN.list, run: (p, rest) => p.list(rest) },
  { names: ['more', 'm', ''], help: PLAIN.more, run: (p) => p.more() },
  { names: ['open', 'o', '열기'], words: { en: 'N', ko: 'N' }, help: PLAIN.open, run: (p, rest) => p.open(rest) },
  { names: ['next', 'n'], help: PLAIN.next, run: (p) => p.step(1) },
  { names: ['previous', 'p'], help: PLAIN.previous, run: (p) => p.step(-1) },
  { names: ['packets', '패킷'], words: { en: '[all]', ko: '[all]' }, help: PLAIN.packets, run: (p, rest) => p.packets(rest) },
  { names: ['packet'], words: { en: 'N', ko: 'N' }, help: PLAIN.packet, run: (p, rest) => p.packet(rest) },
  {
    names: ['filter', '/', 'f', '필터'],
    words: { en: '[EXPR]', ko: '[식]' },
    help: PLAIN.filter,
    run: (p, rest) => p.filter(rest),
  },
  { names: ['verdicts', 'v', '판정'], help: PLAIN.verdicts, run: (p) => p.verdicts() },
  { names: ['why', 'y', '근거'], help: PLAIN.why, run: (p) => p.why() },
  { names: ['wireshark', 'w'], help: PLAIN.wireshark, run: (p) => p.wireshark() },
  { names: ['problems', '문제'], help: PLAIN.problems, run: (p) => p.problems() },
  { names: ['summary', 's', '요약'], help: PLAIN.summary, run: (p) => p.summary() },
  { names: ['language', 'L', '언어'], help: PLAIN.language, run: (p) => p.other() },
  { names: ['help', 'h', '?', '도움말'], help: PLAIN.help, run: (p) => p.help() },
  { names: ['quit', 'q', 'exit', '끝'], help: PLAIN.quit, run: (p) => p.quit() },
];

/** One conversation. Every line that comes out is harmless, and whole without colours or columns. */
export class Plain {
  done = false;
  private readonly session: SessionView;
  private language: Language;
  private shown: number[] = [];
  private at = 0;
  private chosen: number | undefined;
  private listing: 'journeys' | 'packets' = 'journeys';
  private packetList: number[] = [];
  private packetAt = 0;

  constructor(session: SessionView, language: Language) {
    this.session = session;
    this.language = language;
    this.shown = Array.from({ length: session.journeyCount() }, (_, i) => i);
  }

  /** What the program says first. */
  welcome(): string[] {
    return [...this.summary(), this.say(PLAIN.welcome), ...this.list('')].map(safe);
  }

  answer(line: string): string[] {
    const [, word, rest] = /^\s*(\/|\S*)\s*([\s\S]*?)\s*$/.exec(line) as unknown as [string, string, string];
    const command =
      COMMANDS.find((c) => c.names.includes(word)) ??
      (word === '' ? undefined : COMMANDS.find((c) => c.names.some((name) => name.startsWith(word.toLowerCase()))));
    if (command === undefined) {
      if (/^\d+$/.test(word)) return this.open(word).map(safe);
      return [safe(this.say(PLAIN.unknown, { word }))];
    }
    return command.run(this, rest).map(safe);
  }

  private say(text: Text, values: Record<string, string | number> = {}): string {
    return fill(text, this.language, values);
  }

  private journeyLine(row: number): string {
    const j = this.session.journey(this.shown[row]);
    const parts = [
      `${row + 1}.`,
      j.method ?? '',
      j.url ?? j.name,
      j.status === undefined ? '' : String(j.status),
      OUTCOME[j.outcome][this.language],
      j.har.total < 0 ? '' : duration(j.har.total * 1e6),
      j.responseBytes === undefined ? '' : bytes(j.responseBytes),
    ];
    return parts.filter((part) => part !== '').join(' ');
  }

  list(rest: string): string[] {
    this.listing = 'journeys';
    this.at = Math.max(0, (Number.parseInt(rest, 10) || 1) - 1);
    return this.more();
  }

  more(): string[] {
    const packets = this.listing === 'packets';
    const from = packets ? this.packetAt : this.at;
    const all = packets ? this.packetList.length : this.shown.length;
    const to = Math.min(all, from + PAGE);
    const lines: string[] = [];
    for (let i = from; i < to; i++) lines.push(packets ? this.packetLine(this.packetList[i]) : this.journeyLine(i));
    if (packets) this.packetAt = to;
    else this.at = to;
    if (all === 0) return [this.say(PLAIN.nothing)];
    return [
      ...lines,
      this.say(to < all ? PLAIN.shownMore : PLAIN.shownAll, { from: Math.min(from + 1, all), to, all: count(all) }),
    ];
  }

  open(rest: string): string[] {
    const row = Number.parseInt(rest, 10) - 1;
    if (!(row >= 0 && row < this.shown.length)) return [this.say(PLAIN.noSuch, { word: rest, all: count(this.shown.length) })];
    this.chosen = row;
    const j = this.session.journey(this.shown[row]);
    const connection = j.connection === undefined ? undefined : this.session.connection(j.connection);
    const lines = [this.journeyLine(row)];
    if (connection !== undefined) {
      const { client: c, server: s } = connection;
      lines.push(this.say(PLAIN.connection, { client: `${c.address} ${c.port}`, server: `${s.address} ${s.port}` }));
    }
    for (const stage of j.stages) {
      const took = stage.reused ? this.say(PLAIN.reused) : duration(stage.end - stage.start);
      const note = stage.note === undefined ? '' : `, ${stage.note[this.language]}`;
      lines.push(this.say(PLAIN.stage, { stage: STAGE[stage.kind][this.language], took, n: count(stage.packetCount) }) + note);
    }
    return lines;
  }

  step(by: number): string[] {
    const row = this.chosen === undefined ? (by > 0 ? 0 : -1) : this.chosen + by;
    if (row < 0 || row >= this.shown.length) return [this.say(by > 0 ? SAY.lastOne : SAY.firstOne)];
    return this.open(String(row + 1));
  }

  private packetLine(number: number): string {
    const p = this.session.packetSummary(number);
    if (p === undefined) return `${number}. ${this.say(SAY.bytesMissing)}`;
    return `${number}. ${seconds(p.time - this.session.firstTime)} s, ${this.say(PLAIN.fromTo, { from: p.source, to: p.destination })}, ${p.protocol}, ${p.length} B, ${p.info}`;
  }

  packets(rest: string): string[] {
    const all = rest === 'all' || this.chosen === undefined;
    this.packetList = all
      ? Array.from({ length: Math.min(MOST_PACKETS, this.session.packetCount()) }, (_, i) => i + 1)
      : this.session.journeyPackets(this.shown[this.chosen as number]);
    this.packetAt = 0;
    this.listing = 'packets';
    return this.more();
  }

  packet(rest: string): string[] {
    const decoded = this.session.packet(Number.parseInt(rest, 10));
    if (decoded === undefined) return [this.say(PLAIN.noPacket, { word: rest, all: count(this.session.packetCount()) })];
    const lines = [this.packetLine(decoded.number)];
    const add = (fields: readonly Field[], depth: number): void => {
      for (const f of fields) {
        lines.push(
          `${'  '.repeat(depth)}${f.label}: ${f.text ?? String(f.value ?? '')} (${f.name})${f.problem === undefined ? '' : `, ! ${f.problem}`}`,
        );
        if (f.children !== undefined) add(f.children, depth + 1);
      }
    };
    for (const layer of decoded.layers) {
      lines.push(layer.title);
      add(layer.fields, 1);
    }
    for (const { file, packet: there } of this.session
      .sightings?.(decoded.number)
      .filter((each) => each.file !== this.session.file) ?? [])
      lines.push(this.say(PLAIN.alsoIn, { n: there, file }));
    return lines;
  }

  filter(rest: string): string[] {
    const inPackets = this.listing === 'packets';
    try {
      return inPackets ? this.filterPackets(parse(rest, packets)) : this.filterJourneys(parse(rest, journeys));
    } catch (error) {
      if (!(error instanceof FilterError)) throw error;
      return [this.say(errorText(error))];
    }
  }

  private filterJourneys(filter: Filter<Subject>): string[] {
    this.shown = [];
    this.chosen = undefined;
    for (let i = 0; i < this.session.journeyCount(); i++)
      if (filter.test(new JourneySubject(this.session, i))) this.shown.push(i);
    return this.list('');
  }

  private filterPackets(filter: Filter<Packet>): string[] {
    const from =
      this.chosen === undefined
        ? Array.from({ length: Math.min(MOST_PACKETS, this.session.packetCount()) }, (_, i) => i + 1)
        : this.session.journeyPackets(this.shown[this.chosen]);
    this.packetList = from.filter((n) => {
      const packet = this.session.packet(n);
      return packet !== undefined && filter.test(packet);
    });
    this.packetAt = 0;
    return this.more();
  }

  private ofChosen(lines: (index: number) => string[]): string[] {
    return this.chosen === undefined ? [this.say(PLAIN.openFirst)] : lines(this.shown[this.chosen]);
  }

  verdicts(): string[] {
    return this.ofChosen((index) => {
      const list = this.session.verdicts(index);
      if (list.length === 0) return [this.say(PLAIN.noVerdicts)];
      return list.map(
        (v) =>
          `${v.rule}: ${v.verdict}. ${v.says[this.language]}${v.packets.length === 0 ? '' : ` (${this.say(PLAIN.inPackets, { list: v.packets.slice(0, 10).join(' ') })})`}`,
      );
    });
  }

  why(): string[] {
    return this.ofChosen((index) => {
      const { evidence } = this.session.journey(index);
      if (evidence.length === 0) return [this.say(PLAIN.nothing)];
      return evidence.map(
        (e) => `${e.text[this.language]} (${this.say(PLAIN.inPackets, { list: e.packets.slice(0, 10).join(' ') })})`,
      );
    });
  }

  wireshark(): string[] {
    return this.ofChosen((index) => {
      const { connection: id } = this.session.journey(index);
      const connection = id === undefined ? undefined : this.session.connection(id);
      const text = journeyFilter(this.session.journeyPackets(index), connection, (n) => this.session.connectionOf?.(n) === id);
      return [text ?? this.say(SAY.noWireshark)];
    });
  }

  problems(): string[] {
    const list = this.session.problems().map((p) => problemText(p, this.language));
    for (const each of this.session.troubleOnTheWire?.() ?? [])
      list.push(
        `${troubleText(each, this.language)}: ${count(each.count)} (${each.of === 'sealed' ? this.say(PLAIN.inPackets, { list: each.first }) : `filter ${filterOfTrouble(each)}`})`,
      );
    return list.length === 0 ? [this.say(TROUBLE_SAYS.noTrouble)] : list;
  }

  summary(): string[] {
    const { packets } = this.session.progress();
    const { bytesByProtocol } = this.session.statistics();
    const lines = [
      `${this.session.file}: ${this.say(SAY.packetCount, { n: count(packets) })}, ${this.say(SAY.journeyCount, { n: count(this.session.journeyCount()) })}`,
    ];
    if (bytesByProtocol.length > 0)
      lines.push(
        bytesByProtocol
          .slice(0, 8)
          .map(([name, n]) => `${name} ${bytes(n)}`)
          .join(', '),
      );
    return lines;
  }

  other(): string[] {
    this.language = this.language === 'en' ? 'ko' : 'en';
    return [this.say(PLAIN.welcome)];
  }

  help(): string[] {
    return COMMANDS.map(
      ({ names, words, help }) =>
        `${names.filter((n) => n !== '').join(', ')}${words === undefined ? '' : ` ${this.say(words)}`}: ${this.say(help)}`,
    );
  }

  quit(): string[] {
    this.done = true;
    return [];
  }
}
