import type { Domain, Field } from '../filter/domain.ts';
import { FilterError } from '../filter/error.ts';
import { journeys, type Records, Subject } from '../filter/journeys.ts';
import { type Packet, packets } from '../filter/packets.ts';
import { type Filter, parse } from '../filter/parser.ts';
import { judgeOne } from '../rules/engine.ts';
import type { CaptureFacts } from '../rules/facts.ts';
import { confirmed, contradicted, skipped, unknown } from '../rules/findings.ts';
import { RULES } from '../rules/registry.ts';
import type { Finding, JourneySubject, Rule } from '../rules/rule.ts';
import { summarize } from '../dissect/summary.ts';
import { TcpFields } from '../rules/tcp-fields.ts';
import type { Text } from '../text/text.ts';
import { type Key, OwnRulesError, type OwnRuleText, parseOwnRules } from './parse.ts';

/** Packets named in a finding. */
const SHOWN = 20;

interface Asked<S> {
  filter: Filter<S>;
  /** The fields that it names. */
  fields: Field<S>[];
}

/** A user's rules as the engine runs them. Throws an OwnRulesError that names line and column. */
export function ownRules(file: string, text: string): Rule[] {
  return parseOwnRules(file, text).map((own) => {
    const about = own.values.get('for');
    if (about !== undefined && about.text !== 'journeys' && about.text !== 'packets')
      throw new OwnRulesError(file, about.line, about.column, {
        en: '"for" takes journeys or packets',
        ko: '"for"에는 journeys나 packets를 씁니다',
      });
    return about?.text === 'packets' ? packetsRule(file, own) : journeysRule(file, own);
  });
}

const common = (own: OwnRuleText): Pick<Rule, 'id' | 'chapter' | 'statement' | 'reality' | 'rfc' | 'vantages' | 'reasons'> => {
  const expect = textOf(own, 'expect') ?? '';
  const en = textOf(own, 'statement') ?? expect;
  const statement = { en, ko: textOf(own, 'statement.ko') ?? en };
  return {
    id: own.id,
    chapter: 'own',
    statement,
    reality: statement,
    rfc: [],
    vantages: [],
    reasons: ['holds', 'fails', 'not-asked', 'no-value'],
  };
};

const textOf = (own: OwnRuleText, key: Key): string | undefined => own.values.get(key)?.text;

/** A filter of the file; its error with the file's line and column. */
function asked<S>(file: string, own: OwnRuleText, key: Key, domain: Domain<S>): Asked<S> | undefined {
  const value = own.values.get(key);
  if (value === undefined) return undefined;
  const fields: Field<S>[] = [];
  const listening: Domain<S> = {
    ...domain,
    field(name) {
      const field = domain.field(name);
      if (field !== undefined && !fields.includes(field)) fields.push(field);
      return field;
    },
  };
  try {
    return { filter: parse(value.text, listening), fields };
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw new OwnRulesError(file, value.line, value.column + error.column - 1, error.text);
  }
}

/** "{dns.time}" in a sentence. Throws for a field that is not there. */
function sentence<S>(file: string, own: OwnRuleText, key: Key, domain: Domain<S>): ((subject: S) => string) | undefined {
  const value = own.values.get(key);
  if (value === undefined) return undefined;
  const parts: (string | Field<S>)[] = [];
  let at = 0;
  for (const hole of value.text.matchAll(/\{([^{}]*)\}/g)) {
    const field = domain.field(hole[1]);
    if (field === undefined)
      throw new OwnRulesError(file, value.line, value.column + hole.index + 1, {
        en: `there is no field "${hole[1]}"`,
        ko: `"${hole[1]}" 필드는 없습니다`,
      });
    parts.push(value.text.slice(at, hole.index), field);
    at = hole.index + hole[0].length;
  }
  parts.push(value.text.slice(at));
  return (subject) => parts.map((part) => (typeof part === 'string' ? part : shown(part.of(subject)))).join('');
}

function shown(value: ReturnType<Field<unknown>['of']>): string {
  const list = Array.isArray(value) ? value : [value];
  return list.map((each) => (each === undefined ? '?' : String(each))).join(', ') || '?';
}

const isEmpty = (value: ReturnType<Field<unknown>['of']>): boolean =>
  value === undefined || (Array.isArray(value) && value.length === 0);

function journeysRule(file: string, own: OwnRuleText): Rule {
  const when = asked(file, own, 'when', journeys);
  const expect = asked(file, own, 'expect', journeys) as Asked<Subject>;
  const en = sentence(file, own, 'says', journeys);
  const ko = sentence(file, own, 'says.ko', journeys);
  const expression = textOf(own, 'expect') ?? '';
  return {
    ...common(own),
    scope: 'journey',
    needs: [],
    check({ capture, journey }: JourneySubject): Finding {
      const subject = new Subject(recordsOf(capture), journey.id);
      const name = journey.url ?? journey.name;
      const numbers = journey.stages.flatMap((stage) => stage.packets).slice(0, SHOWN);
      if (when !== undefined && !when.filter.test(subject))
        return skipped('not-asked', [], {
          en: `${name}: not "${textOf(own, 'when')}"`,
          ko: `${name}: "${textOf(own, 'when')}"에 해당하지 않음`,
        });
      if (expect.fields.length > 0 && expect.fields.every((field) => isEmpty(field.of(subject))))
        return unknown('no-value', numbers, {
          en: `${name}: the capture has no ${expect.fields.map((field) => field.name).join(', ')}`,
          ko: `${name}: 캡처에 ${expect.fields.map((field) => field.name).join(', ')} 값이 없음`,
        });
      const holds = expect.filter.test(subject);
      const values = expect.fields.map((field) => `${field.name} = ${shown(field.of(subject))}`).join(', ');
      const says: Text = {
        en: en?.(subject) ?? `${name}: "${expression}" ${holds ? 'holds' : 'does not hold'}: ${values}`,
        ko: ko?.(subject) ?? en?.(subject) ?? `${name}: "${expression}" ${holds ? '성립함' : '성립하지 않음'}: ${values}`,
      };
      return holds ? confirmed('holds', numbers, says) : contradicted('fails', numbers, says);
    },
  };
}

function packetsRule(file: string, own: OwnRuleText): Rule {
  const when = asked(file, own, 'when', packets);
  const expect = asked(file, own, 'expect', packets) as Asked<Packet>;
  const expression = textOf(own, 'expect') ?? '';
  const en = sentence(file, own, 'says', packets);
  const ko = sentence(file, own, 'says.ko', packets);
  return {
    ...common(own),
    scope: 'capture',
    needs: [],
    check(capture: CaptureFacts): Finding[] {
      let met = 0;
      const failed: number[] = [];
      let failures = 0;
      let first: Packet | undefined;
      const fields = new TcpFields(capture);
      for (let number = 1; number <= capture.packetCount; number++) {
        const packet = packetOf(capture, fields, number);
        if (packet === undefined || (when !== undefined && !when.filter.test(packet))) continue;
        met++;
        if (expect.filter.test(packet)) continue;
        failures++;
        first ??= packet;
        if (failed.length < SHOWN) failed.push(number);
      }
      if (met === 0)
        return [
          skipped('not-asked', [], {
            en: `no packet is "${textOf(own, 'when')}"`,
            ko: `"${textOf(own, 'when')}"에 해당하는 패킷이 없음`,
          }),
        ];
      if (first === undefined)
        return [
          confirmed('holds', [], {
            en: `"${expression}" holds for all ${met} packets`,
            ko: `패킷 ${met}개 모두 "${expression}"`,
          }),
        ];
      const tail = { en: ` (${failures} of ${met} packets)`, ko: ` (패킷 ${met}개 가운데 ${failures}개)` };
      const said = {
        en: en?.(first) ?? `"${expression}" does not hold`,
        ko: ko?.(first) ?? en?.(first) ?? `"${expression}" 성립하지 않음`,
      };
      return [contradicted('fails', failed, { en: said.en + tail.en, ko: said.ko + tail.ko })];
    },
  };
}

function packetOf(capture: CaptureFacts, fields: TcpFields, number: number): Packet | undefined {
  const facts = capture.packet(number);
  if (facts === undefined) return undefined;
  const { bytes, wireLength, time, linkType } = facts;
  const layers = fields.of(number, facts.layers);
  return { number, time, bytes, wireLength, layers, summary: summarize(bytes, wireLength, linkType, layers) };
}

function recordsOf(capture: CaptureFacts): Records {
  return {
    journeyHead: (id) => capture.journeys.get(id) as NonNullable<ReturnType<typeof capture.journeys.get>>,
    journey: (id) => capture.journeys.get(id) as NonNullable<ReturnType<typeof capture.journeys.get>>,
    connection: (id) => capture.connections.get(id),
    exchange: (id) => capture.exchanges.get(id),
    lookup: (index) => capture.lookups.get(index),
    tls: (connection) => capture.tlsSessions.get(connection),
    verdicts(id) {
      const journey = capture.journeys.get(id);
      return journey === undefined ? [] : judgeOne(RULES, capture, journey);
    },
  };
}
