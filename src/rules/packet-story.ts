import { hostPort } from '../correlate/host-names.ts';
import type { Decryption, Journey, Stage } from '../correlate/model.ts';
import { explainField } from '../text/fields/index.ts';
import { STAGE } from '../text/messages.ts';
import type { Text } from '../text/text.ts';
import { sealedTexts } from '../text/tls.ts';
import type { CaptureFacts } from './facts.ts';
import { Flag } from './packet.ts';
import { analysisOf, TcpFields } from './tcp-fields.ts';

/** Where a packet stands in what happened. */
export interface PacketStory {
  /** Journeys it belongs to, by its stages or its connection. */
  journeys: { journey: Journey; stage: Stage | undefined }[];
  /** One sentence each, the most telling first. */
  says: Text[];
}

/** Journeys asked for one packet; more share its connection than anybody reads. */
const MOST_JOURNEYS = 20;

/** What a packet is in the story of its journey: "the second step of the handshake", "the answer to packet 3". */
export function storyOf(capture: CaptureFacts, number: number, connectionId: number | undefined): PacketStory {
  const says: Text[] = [];
  if (connectionId !== undefined) says.push(...inConnection(capture, number, connectionId));
  says.push(...inLookups(capture, number), ...inResolutions(capture, number));
  return { journeys: journeysWith(capture, number, connectionId), says };
}

function journeysWith(capture: CaptureFacts, number: number, connectionId: number | undefined): PacketStory['journeys'] {
  const found: PacketStory['journeys'] = [];
  const time = capture.timeOf(number);
  const candidates = connectionId === undefined ? capture.journeys : capture.journeysOn(connectionId);
  for (const journey of candidates) {
    const stage =
      journey.stages.find((each) => each.packets.includes(number)) ??
      (connectionId === undefined
        ? undefined
        : journey.stages.find((each) => !each.reused && time >= each.start && time <= each.end));
    if (stage !== undefined) found.push({ journey, stage });
    if (found.length === MOST_JOURNEYS) break;
  }
  return found;
}

/** What the keys at hand did not open of a packet's TLS or QUIC connection, up to it. */
export const unopened = (decryption: Decryption | undefined, number: number): Text[] =>
  sealedTexts(decryption?.reasons.filter((each) => each.packet <= number)).map(({ en, ko }) => ({
    en: `in its connection, ${en}`,
    ko: `이 연결에서 ${ko}`,
  }));

function inConnection(capture: CaptureFacts, number: number, id: number): Text[] {
  const connection = capture.connections.get(id);
  if (connection === undefined) return [];
  const says: Text[] = [];
  const tell = (en: string, ko: string): number => says.push({ en, ko });
  const { handshake, close } = connection;
  const client = hostPort(connection.client);
  const server = hostPort(connection.server);
  const syn = handshake?.syn.indexOf(number) ?? -1;
  if (syn === 0)
    tell(
      `step 1 of the handshake: ${client} asks ${server} for a connection (SYN)`,
      `핸드셰이크 1단계: ${client} → ${server}, 연결 요청 (SYN)`,
    );
  else if (syn > 0)
    tell(`the SYN again, try ${syn + 1}: no answer had come`, `SYN을 다시 보냄 (${syn + 1}번째 시도): 응답이 없었음`);
  if (handshake?.synAck.includes(number))
    tell(
      `step 2 of the handshake: ${server} agrees and opens its own direction (SYN+ACK)`,
      `핸드셰이크 2단계: ${server}의 수락, 반대 방향도 엶 (SYN+ACK)`,
    );
  if (handshake?.ack === number)
    tell(
      `step 3 of the handshake: ${client} confirms (ACK); the connection is open`,
      `핸드셰이크 3단계: ${client}의 확인 (ACK), 연결이 열림`,
    );
  const tls = capture.tlsSessions.get(id);
  if (tls?.clientHelloPacket === number || tls?.clientHelloFirstPacket === number)
    tell(
      `TLS ClientHello${tls.sni === undefined ? '' : ` for ${tls.sni}`}`,
      `TLS ClientHello${tls.sni === undefined ? '' : ` (${tls.sni})`}`,
    );
  if (tls?.serverHelloPacket === number)
    tell(
      `TLS ServerHello: ${[tls.version, tls.cipher].filter(Boolean).join(', ')}`,
      `TLS ServerHello: ${[tls.version, tls.cipher].filter(Boolean).join(', ')}`,
    );
  if (capture.stackOf(number).endsWith(':tls')) says.push(...unopened(tls?.decryption, number));
  for (const x of capture.exchangesOn(id)) {
    const what = [x.method, x.target].filter(Boolean).join(' ');
    if (x.requestPackets.includes(number))
      tell(
        `carries request ${x.stream}: ${what}${x.requestPacket === number ? ', its first byte' : ''}`,
        `${x.stream}번째 요청을 나름: ${what}${x.requestPacket === number ? ' (첫 바이트)' : ''}`,
      );
    if (x.responsePackets.includes(number)) {
      const place =
        x.responsePacket === number
          ? ['its first byte', '첫 바이트']
          : x.responseEndPacket === number
            ? ['its last byte', '마지막 바이트']
            : ['a part of it', '일부'];
      tell(`carries the answer ${x.status ?? ''} to ${what}: ${place[0]}`, `${what}에 대한 응답 ${x.status ?? ''}: ${place[1]}`);
    }
  }
  for (const name of analysisOf(capture, number)) {
    const meaning = explainField(name);
    if (meaning !== undefined) says.push(meaning);
  }
  if (close.packets.includes(number)) tell('belongs to the close of the connection', '연결을 닫는 패킷');
  const facts = says.length === 0 ? capture.packet(number) : undefined;
  if (facts?.tcp !== undefined && facts.payloadLength === 0 && (facts.tcp.flags & Flag.ack) !== 0) {
    const upTo = new TcpFields(capture).acknowledged(facts);
    tell(`only acknowledges: everything before byte ${upTo} has arrived`, `확인만 함: ${upTo}번 바이트 앞까지 모두 받았음`);
  }
  return says;
}

function inLookups(capture: CaptureFacts, number: number): Text[] {
  const says: Text[] = [];
  for (const l of capture.lookups) {
    const what = `${l.name} ${l.type}`;
    if (l.packet === number)
      says.push({
        en: `asks ${l.server.address} for ${what}${l.answerPacket === undefined ? '; no answer came' : `; packet ${l.answerPacket} answers`}`,
        ko: `${l.server.address}에 ${what} 질문${l.answerPacket === undefined ? ' (응답 없음)' : ` (응답은 ${l.answerPacket}번)`}`,
      });
    else if (l.repeats.includes(number))
      says.push({ en: `asks again what packet ${l.packet} asked: ${what}`, ko: `${l.packet}번의 질문을 되풀이함: ${what}` });
    else if (l.answerPacket === number) {
      const answer = l.addresses.join(', ') || l.rcode || '';
      says.push({ en: `answers packet ${l.packet}: ${what} → ${answer}`, ko: `${l.packet}번의 응답: ${what} → ${answer}` });
    }
  }
  return says;
}

function inResolutions(capture: CaptureFacts, number: number): Text[] {
  const says: Text[] = [];
  for (const r of capture.resolutions) {
    if (r.packet === number && r.operation === 1)
      says.push({
        en: `${r.senderAddress} asks who has ${r.targetAddress}${r.answerPacket === undefined ? '' : `; packet ${r.answerPacket} answers ${r.answerMac}`}`,
        ko: `${r.senderAddress}의 질문: ${r.targetAddress}의 MAC은?${r.answerPacket === undefined ? '' : ` (${r.answerPacket}번의 답: ${r.answerMac})`}`,
      });
    else if (r.answerPacket === number)
      says.push({
        en: `answers packet ${r.packet}: ${r.targetAddress} is at ${r.answerMac}`,
        ko: `${r.packet}번의 답: ${r.targetAddress}의 MAC은 ${r.answerMac}`,
      });
  }
  return says;
}

/** "journey 0 (GET http://…), stage TCP connect". */
export const stageText = (stage: Stage | undefined): Text => (stage === undefined ? { en: '', ko: '' } : STAGE[stage.kind]);
