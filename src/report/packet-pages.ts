import type { Field, Layer } from '../dissect/protocol.ts';
import type { CaptureFacts } from '../rules/facts.ts';
import type { PacketFacts } from '../rules/packet.ts';
import { type PacketStory, stageText } from '../rules/packet-story.ts';
import type { Judgement } from '../rules/rule.ts';
import { TcpFields } from '../rules/tcp-fields.ts';
import type { Language } from '../text/text.ts';
import { VERDICT_SAYS } from '../text/verdicts.ts';
import { explainField } from '../text/fields/index.ts';
import type { Pages } from './pages.ts';

const DEEPEST = 6;

/** One packet: what it is in its journey, its fields with what they mean, and the rules it is evidence for. */
export function packetPages(
  pages: Pages,
  capture: CaptureFacts,
  packet: PacketFacts,
  decrypted: readonly Layer[],
  story: PacketStory,
  judgements: Judgement[],
  language: Language,
): void {
  const from = packet.source ?? packet.sourceMac ?? '?';
  const to = packet.destination ?? packet.destinationMac ?? '?';
  const ports = packet.sourcePort === undefined ? ['', ''] : [`:${packet.sourcePort}`, `:${packet.destinationPort}`];
  const head = {
    en: `packet ${packet.number}, ${capture.clockText(packet.time)}`,
    ko: `${packet.number}번 패킷, ${capture.clockText(packet.time)}`,
  }[language];
  pages.heading(`${head}: ${from}${ports[0]} → ${to}${ports[1]}, ${packet.wireLength} bytes, ${capture.stackOf(packet.number)}`);
  for (const { journey, stage } of story.journeys) {
    const what = `${journey.method === undefined ? '' : `${journey.method} `}${journey.url ?? journey.name}`;
    const part = stage === undefined ? '' : `: ${stageText(stage)[language]}`;
    pages.text(`${{ en: 'journey', ko: '여정' }[language]} ${journey.id}, ${what}${part}`, 2);
  }
  for (const each of story.says) pages.text(each[language], 4, '  * ');
  for (const layer of [...new TcpFields(capture).of(packet.number, packet.layers), ...decrypted]) {
    pages.blank();
    const place = layer.bytes === undefined ? '' : { en: 'plaintext ', ko: '평문 ' }[language];
    pages.heading(`${layer.title}  [${place}${layer.at}–${Math.max(layer.at, layer.end - 1)}]`);
    for (const field of layer.fields) fieldLines(pages, field, language, 1);
  }
  if (judgements.length === 0) return;
  pages.blank();
  pages.heading({ en: 'evidence for', ko: '이 패킷이 근거가 되는 규칙' }[language]);
  for (const j of judgements)
    pages.text(`${j.rule} ${VERDICT_SAYS[j.verdict][language]}: ${j.says[language]}`, 4, `  ${VERDICT_SAYS[j.verdict].mark} `);
}

function fieldLines(pages: Pages, field: Field, language: Language, depth: number): void {
  const indent = 2 * depth;
  const value = field.text ?? (field.value === null ? '' : String(field.value));
  pages.text(`${field.label}${value === '' ? '' : `: ${value}`}`, indent);
  if (field.problem !== undefined && field.problem !== value) pages.text(field.problem, indent + 2, `${' '.repeat(indent)}! `);
  const meaning = explainField(field.name);
  if (meaning !== undefined) pages.text(meaning[language], indent + 4, `${' '.repeat(indent + 2)}~ `);
  if (depth < DEEPEST) for (const child of field.children ?? []) fieldLines(pages, child, language, depth + 1);
}
