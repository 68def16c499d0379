import type { Connection, Exchange } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, contradicted, notVisible, skipped, unknown } from '../findings.ts';
import { aConnection, anAnswer, bothDirections, connectionOf, exchangeOf } from '../needs.ts';
import type { JourneyRule } from '../rule.ts';
import { acknowledges, durationText, type Segment, segmentOf, segmentsOf } from '../segments.ts';
import { openingOf } from '../tcp/handshake.ts';
import { aRequest, REQUEST_REASONS, requestText } from './needs.ts';

/** What one round trip may differ from the next by without anybody having thought: this part of it, at least so many ns. */
const JITTER = 0.05;
const LEAST_JITTER = 300_000;
/** Less than this between the server's ACK and its answer says nothing. */
const LEAST_WORK = 50_000;
/** A round trip this short is that of a capture at the server. */
const NEAR = 1e6;
/** Packets behind the request among which its ACK is looked for. */
const LOOK = 16;

export const rule: JourneyRule = {
  id: 'R-HTTP-6',
  chapter: 'http',
  scope: 'journey',
  statement: { en: 'The server takes time to make the response', ko: '서버는 응답을 만드는 데 시간을 쓴다' },
  reality: {
    en: 'From the last byte of the request to the first of the response passes one round trip and the time the server takes; only a capture at the server has the latter alone. An early ACK or a 1xx is not the response (RFC 9110 §15.2).',
    ko: '요청의 마지막 바이트에서 응답의 첫 바이트까지는 왕복 한 번과 서버가 쓰는 시간이 걸립니다. 서버에서 잡은 캡처만 뒤의 것을 따로 보여 줍니다. 먼저 온 ACK나 1xx는 응답이 아닙니다 (RFC 9110 §15.2).',
  },
  rfc: ['RFC 9110 §15.2'],
  vantages: ['client', 'server', 'balancer-back'],
  reasons: ['server-time', 'within-round-trip', 'before-request-end', 'no-round-trip', 'loss', 'no-answer', ...REQUEST_REASONS],
  needs: [aConnection, aRequest, bothDirections, anAnswer],
  check(subject) {
    const { capture } = subject;
    const exchange = exchangeOf(subject);
    const c = connectionOf(subject);
    if (exchange === undefined || c === undefined) throw new Error('no request');
    const { requestEndTime, requestEndPacket, responseTime, responsePacket } = exchange;
    const what = requestText(exchange);
    const packets = [requestEndPacket, responsePacket];
    if (responseTime === undefined || requestEndTime === undefined)
      return skipped('no-answer', packets, {
        en: `there is no answer to ${what} in packet ${exchange.requestPacket}`,
        ko: `${exchange.requestPacket}번 패킷의 ${what} 요청에 대한 응답이 없습니다`,
      });
    const gap = responseTime - requestEndTime;
    if (gap < 0)
      return contradicted('before-request-end', packets, {
        en: `the answer to ${what} began in packet ${responsePacket}, ${durationText(-gap)} before the request was at its end in packet ${requestEndPacket}`,
        ko: `${what}에 대한 응답은 요청이 끝난 ${requestEndPacket}번 패킷보다 ${durationText(-gap)} 먼저 ${responsePacket}번 패킷에서 시작했습니다`,
      });
    const lost = between(c.retransmissions, requestEndPacket, responsePacket);
    if (lost !== undefined)
      return unknown('loss', [requestEndPacket, lost, responsePacket], {
        en: `${durationText(gap)} passed until the answer to ${what} in packet ${responsePacket}, but packet ${lost} was sent again in between: how much of it the server took is not known`,
        ko: `${responsePacket}번 패킷에서 ${what}에 대한 응답이 시작될 때까지 ${durationText(gap)}이(가) 지났지만, 그 사이에 ${lost}번 패킷이 다시 보내졌습니다: 서버가 쓴 시간이 얼마인지 알 수 없습니다`,
      });
    const ack = earlyAck(capture, c, requestEndPacket, responsePacket);
    const trip = roundTrip(capture, c, requestEndTime, ack);
    if (trip === undefined)
      return unknown('no-round-trip', packets, {
        en: `${durationText(gap)} passed from the end of ${what} (packet ${requestEndPacket}) to the answer (packet ${responsePacket}); the round trip in it is not known, since the handshake was not captured once and whole`,
        ko: `${what} 요청의 끝(${requestEndPacket}번)에서 응답(${responsePacket}번)까지 ${durationText(gap)}이(가) 걸렸습니다. 핸드셰이크가 온전히 한 번 잡히지 않아 그 가운데 왕복 시간이 얼마인지 모릅니다`,
      });
    const own = gap - trip.time;
    // An ACK of the request before the answer left the server's kernel the same way: what lies between them is the server's.
    const jitter = trip.exact || trip.time < NEAR ? LEAST_WORK : Math.max(LEAST_JITTER, trip.time * JITTER);
    const parts = {
      en: `${durationText(gap)} from the end of ${what} (packet ${requestEndPacket}) to the answer (packet ${responsePacket}), of which a round trip to the server takes ${durationText(trip.time)} (packets ${trip.from} and ${trip.to})`,
      ko: `${what} 요청의 끝(${requestEndPacket}번)에서 응답(${responsePacket}번)까지 ${durationText(gap)}이고, 그 가운데 서버까지의 왕복이 ${durationText(trip.time)}입니다 (${trip.from}번과 ${trip.to}번 패킷)`,
    };
    if (own <= jitter)
      return notVisible(
        'within-round-trip',
        [trip.from, trip.to, ...packets],
        {
          en: `${parts.en}: what is left is too little to be told from the network`,
          ko: `${parts.ko}: 남는 것이 너무 작아 네트워크와 구별할 수 없습니다`,
        },
        {
          text: { en: 'capture at the server, where no network lies between', ko: '사이에 네트워크가 없는 서버에서 캡처하세요' },
          command: `tcpdump -i any -w server.pcap host ${c.server.address} and tcp port ${c.server.port}`,
        },
      );
    // Far from the server an answer whose first copy was lost behind this place looks the same.
    const beside =
      trip.time < NEAR
        ? { en: '', ko: '' }
        : {
            en: ' (unless a first copy of the answer was lost before it came here)',
            ko: ' (첫 응답이 여기 오기 전에 사라졌다가 다시 온 것이 아니라면)',
          };
    return confirmed('server-time', [trip.from, trip.to, ...packets], {
      en: `${parts.en}: ${durationText(own)} is the server's${beside.en}`,
      ko: `${parts.ko}: 서버가 쓴 시간은 ${durationText(own)}입니다${beside.ko}`,
    });
  },
};

interface Trip {
  /** Nanoseconds. */
  time: number;
  from: number;
  to: number;
  /** By an ACK of this very request. */
  exact: boolean;
}

/** The server's ACK of the request, where it came alone and before the answer. */
function earlyAck(
  capture: CaptureFacts,
  c: Connection,
  request: number | undefined,
  response: number | undefined,
): [Segment, Segment] | undefined {
  if (request === undefined || response === undefined) return undefined;
  const asked = segmentOf(capture, c, request);
  const then = segmentsOf(capture, c, capture.packetsFrom(c.id, request + 1, LOOK));
  if (asked === undefined) return undefined;
  const ack = then.find(
    (each) => !each.fromClient && each.number < response && each.length === 0 && acknowledges(each, asked.end),
  );
  return ack === undefined ? undefined : [asked, ack];
}

/**
 * The way from where the capture was taken to the server and back: SYN to SYN+ACK, where neither was repeated (Karn), or the
 * request to its ACK, whichever was shorter: neighbours asked for on the way and delayed ACKs make one of them longer.
 */
function roundTrip(capture: CaptureFacts, c: Connection, asked: number, early: [Segment, Segment] | undefined): Trip | undefined {
  const { syns, synAcks } = openingOf(capture, c);
  let trip: Trip | undefined;
  if (syns.length === 1 && synAcks.length === 1 && synAcks[0].time >= syns[0].time)
    trip = { time: synAcks[0].time - syns[0].time, from: syns[0].number, to: synAcks[0].number, exact: false };
  if (early === undefined) return trip;
  const time = early[1].time - asked;
  return trip === undefined || time <= trip.time ? { time, from: early[0].number, to: early[1].number, exact: true } : trip;
}

function between(list: number[], from: Exchange['requestPacket'], to: Exchange['responsePacket']): number | undefined {
  return list.find((each) => each >= (from ?? 0) && each <= (to ?? 0));
}
