import { hostPort } from '../correlate/host-names.ts';
import type { Connection, Endpoint, Exchange, QuicConnection, TlsSession } from '../correlate/model.ts';
import { VANTAGE_SAYS } from '../text/verdicts.ts';
import { notVisible, skipped, unknown } from './findings.ts';
import type { CaptureFacts } from './facts.ts';
import type { Finding, JourneySubject, Need } from './rule.ts';
import type { VantageKind } from './vantage.ts';

export const connectionOf = ({ capture, journey }: JourneySubject): Connection | undefined =>
  journey.connection === undefined ? undefined : capture.connections.get(journey.connection);
export const exchangeOf = ({ capture, journey }: JourneySubject): Exchange | undefined =>
  journey.exchange === undefined ? undefined : capture.exchanges.get(journey.exchange);
export const tlsOf = ({ capture, journey }: JourneySubject): TlsSession | undefined =>
  journey.connection === undefined ? undefined : capture.tlsSessions.get(journey.connection);

/** The TLS that carries a journey's request. A CONNECT in clear text has none: what its tunnel carries is the next request's. */
export function tlsAround(subject: JourneySubject): TlsSession | undefined {
  const x = exchangeOf(subject);
  return x?.upgraded === 'connect' && x.scheme === 'http' ? undefined : tlsOf(subject);
}

const quicByName = new WeakMap<CaptureFacts, Map<string, QuicConnection>>();

/** The QUIC connection of a journey, or of one without a connection the one that went on to the name that it asked for. */
export function quicOf({ capture, journey }: JourneySubject): QuicConnection | undefined {
  if (journey.connection !== undefined) return undefined;
  if (journey.quic !== undefined) return capture.quic.get(journey.quic);
  let names = quicByName.get(capture);
  if (names === undefined) {
    names = new Map();
    for (const each of capture.quic)
      if (each.sni !== undefined) names.set(`${each.client.address} ${each.sni.toLowerCase()}`, each);
    quicByName.set(capture, names);
  }
  return names.get(`${journey.client} ${journey.name.toLowerCase()}`);
}

/** Over what the journey went, TCP or QUIC: the server, and the first packet to it, as far as this capture has one. */
export function openedBy(subject: JourneySubject): { client: Endpoint; server: Endpoint; first: number } | undefined {
  const connection = connectionOf(subject);
  if (connection !== undefined) {
    const { client, server, handshake, firstPacket } = connection;
    return { client, server, first: handshake?.syn[0] ?? firstPacket };
  }
  const quic = quicOf(subject);
  return quic && { client: quic.client, server: quic.server, first: quic.firstPacket };
}

/** The journey has no TCP connection, because it went over QUIC; undefined: it did not. */
export function overQuic(subject: JourneySubject): Finding | undefined {
  const quic = quicOf(subject);
  if (quic === undefined) return undefined;
  return skipped('quic', [quic.firstPacket], {
    en: `${subject.journey.name} was asked over QUIC (HTTP/3) from packet ${quic.firstPacket} on: UDP to ${hostPort(quic.server)}, no TCP`,
    ko: `${subject.journey.name}에는 ${quic.firstPacket}번 패킷부터 QUIC(HTTP/3)으로 요청했습니다: TCP가 아니라 ${hostPort(quic.server)}(으)로 가는 UDP입니다`,
  });
}

/** The journey has a TCP connection. */
export const aConnection: Need<JourneySubject> = (subject) => {
  if (connectionOf(subject) !== undefined) return undefined;
  const quic = overQuic(subject);
  if (quic !== undefined) return quic;
  return skipped('no-connection', subject.journey.evidence.flatMap((e) => e.packets).slice(0, 4), {
    en: `${subject.journey.name}: no TCP connection belongs to this journey`,
    ko: `${subject.journey.name}: 이 여정에는 TCP 연결이 없습니다`,
  });
};

/** The journey has a connection, of TCP or QUIC. */
export const aCarrier: Need<JourneySubject> = (subject) => (quicOf(subject) === undefined ? aConnection(subject) : undefined);

/** How the journey's connection went on, of TCP or QUIC. */
export function endOf(subject: JourneySubject): { closedIn: number | undefined; lastPacket: number; lost: boolean } {
  const c = connectionOf(subject);
  if (c !== undefined)
    return { closedIn: c.close.packets[0], lastPacket: c.lastPacket, lost: c.traits?.includes('capture-loss') ?? false };
  const quic = quicOf(subject);
  return { closedIn: quic?.close?.packet, lastPacket: quic?.lastPacket ?? 0, lost: false };
}

/** The capture has the connection's beginning. */
export const fromItsBeginning: Need<JourneySubject> = (subject) => {
  const connection = connectionOf(subject);
  if (connection === undefined) return aConnection(subject);
  if (connection.handshake !== undefined && connection.handshake.syn.length + connection.handshake.synAck.length > 0)
    return undefined;
  return unknown('mid-stream', [connection.firstPacket], {
    en: `the connection of ${hostPort(connection.client)} and ${hostPort(connection.server)} is older than the capture: its first packet here is ${connection.firstPacket}, and no SYN was captured`,
    ko: `${hostPort(connection.client)}와(과) ${hostPort(connection.server)}의 연결은 캡처보다 먼저 열렸습니다: 여기서 처음 보이는 패킷은 ${connection.firstPacket}번이고 SYN은 잡히지 않았습니다`,
  });
};

/** Both directions of the connection were captured. */
export const bothDirections: Need<JourneySubject> = (subject) => {
  const connection = connectionOf(subject) ?? quicOf(subject);
  if (connection === undefined) return aConnection(subject);
  if (connection.fromClient.packets > 0 && connection.fromServer.packets > 0) return undefined;
  if ('traits' in connection && !connection.traits?.includes('one-direction')) return undefined;
  const from = connection.fromClient.packets > 0 ? connection.client : connection.server;
  return unknown(
    'one-direction',
    [connection.firstPacket, connection.lastPacket],
    {
      en: `only packets from ${hostPort(from)} are in this capture; the other direction takes another way or was not captured`,
      ko: `이 캡처에는 ${hostPort(from)}이(가) 보낸 패킷만 있습니다. 반대 방향은 다른 길로 가거나 잡히지 않았습니다`,
    },
    {
      text: { en: 'capture at the client, where both directions pass', ko: '두 방향이 모두 지나는 클라이언트에서 캡처하세요' },
      command: `tcpdump -i any -w both.pcap host ${connection.server.address}`,
    },
  );
};

/** The HTTP request can be read: clear text, or keys were given. */
export const readableRequest: Need<JourneySubject> = (subject) => {
  if (exchangeOf(subject) !== undefined) return undefined;
  const quic = quicOf(subject);
  if (quic !== undefined) return insideQuic(subject, quic);
  const connection = connectionOf(subject);
  if (connection === undefined) return aConnection(subject);
  const tls = tlsOf(subject);
  if (tls === undefined)
    return skipped('no-request', [connection.firstPacket], {
      en: `${hostPort(connection.client)} to ${hostPort(connection.server)} carries no HTTP request`,
      ko: `${hostPort(connection.client)}에서 ${hostPort(connection.server)}(으)로 가는 연결에는 HTTP 요청이 없습니다`,
    });
  const unsent = nothingSent(connection, tls);
  if (unsent !== undefined) return unsent;
  return notVisible(
    'no-keys',
    [tls.clientHelloPacket, tls.firstApplicationDataPacket],
    {
      en: `the request to ${tls.sni ?? hostPort(connection.server)} is inside TLS, and no key log opens it`,
      ko: `${tls.sni ?? hostPort(connection.server)}에 보낸 요청은 TLS 안에 있고 열 수 있는 키 로그가 없습니다`,
    },
    keyLogAdvice,
  );
};

function insideQuic({ journey }: JourneySubject, { clientHelloPacket, firstPacket, sni, server }: QuicConnection): Finding {
  const sent = journey.stages.find(({ kind }) => kind === 'send')?.packets[0];
  const host = sni ?? hostPort(server);
  if (sent === undefined)
    return skipped('no-request', [clientHelloPacket ?? firstPacket], {
      en: `nothing that may be a request was sent to ${host} over QUIC`,
      ko: `${host}에 QUIC으로 요청일 수 있는 것을 보내지 않았습니다`,
    });
  return notVisible(
    'no-keys',
    [clientHelloPacket, sent],
    {
      en: `what was asked of ${host} from packet ${sent} on is inside QUIC, and no key log opens it`,
      ko: `${sent}번 패킷부터 ${host}에 요청한 것은 QUIC 안에 있고 열 수 있는 키 로그가 없습니다`,
    },
    keyLogAdvice,
  );
}

/** A handshake that failed, or a connection that was closed behind it: no key log would show a request. */
function nothingSent(c: Connection, tls: TlsSession): Finding | undefined {
  const { clientHelloPacket: hello, firstApplicationDataPacket: data } = tls;
  if (hello === undefined || data !== undefined || c.traits?.includes('one-direction')) return undefined;
  if (c.traits?.includes('cut-payload') || c.traits?.includes('capture-loss')) return undefined;
  const alert = tls.alerts.find((each) => each.level === 'fatal');
  const end = alert?.packet ?? c.close.packets[0];
  if (end === undefined) return undefined;
  const host = tls.sni ?? hostPort(c.server);
  return skipped('no-request', [hello, end], {
    en: `no request was sent to ${host}: ${alert === undefined ? `the connection was closed in packet ${end}, with no application data behind the ClientHello in packet ${hello}` : `the TLS handshake failed with the alert ${alert.description} in packet ${end}`}`,
    ko: `${host}에 보낸 요청이 없습니다: ${alert === undefined ? `${hello}번 패킷의 ClientHello 뒤에 응용 데이터 없이 ${end}번 패킷에서 연결이 닫혔습니다` : `${end}번 패킷의 알림 ${alert.description}(으)로 TLS 핸드셰이크가 실패했습니다`}`,
  });
}

/** Keys open one side of the connection alone. */
export function sealedSide(capture: CaptureFacts, exchange: Exchange): Finding {
  const { sealed, connection, requestPacket, responsePacket } = exchange;
  const c = capture.connections.get(connection);
  const answer = sealed === 'response';
  const side = answer ? { en: 'server', ko: '서버' } : { en: 'client', ko: '클라이언트' };
  const secret =
    capture.tlsSessions.get(connection)?.version === 'TLS 1.3' ? ` (${answer ? 'SERVER' : 'CLIENT'}_TRAFFIC_SECRET_0)` : '';
  const place = c === undefined ? '' : ` ${hostPort(answer ? c.server : c.client)}`;
  return notVisible(
    'no-keys',
    [requestPacket, responsePacket],
    {
      en: `what the ${side.en}${place} sent stays sealed: the key log has no keys of the ${side.en}’s side${secret}`,
      ko: `${side.ko}${place}에서 보낸 것은 열리지 않았습니다: 키 로그에 ${side.ko} 쪽 키${secret}가 없습니다`,
    },
    {
      text: {
        en: 'give a key log that has the secrets of both sides, as clients write it (SSLKEYLOGFILE)',
        ko: '클라이언트가 남기는 그대로(SSLKEYLOGFILE) 양쪽의 키가 모두 있는 키 로그를 주세요',
      },
      command: keyLogAdvice.command,
    },
  );
}

/** The answer does not lie behind keys that are missing. */
export const anAnswer: Need<JourneySubject> = (subject) => {
  const exchange = exchangeOf(subject);
  return exchange?.sealed === 'response' ? sealedSide(subject.capture, exchange) : undefined;
};

/** Neither half does. */
export const bothHalves: Need<JourneySubject> = (subject) => {
  const exchange = exchangeOf(subject);
  return exchange?.sealed === undefined ? undefined : sealedSide(subject.capture, exchange);
};

export const keyLogAdvice = {
  text: {
    en: 'let the client write its TLS keys (SSLKEYLOGFILE) and give them with --keylog, or start it with "wirebook run"',
    ko: '클라이언트가 TLS 키를 남기게 하고(SSLKEYLOGFILE) --keylog로 주거나, "wirebook run"으로 실행하세요',
  },
  command: 'SSLKEYLOGFILE=keys.log curl https://…',
};

/** The capture was taken at one of these places, as far as is known; `advice` tells how to get one that was. */
export function takenAt(kinds: VantageKind[], advice: (capture: CaptureFacts) => Finding['advice']): Need<CaptureFacts> {
  return (capture) => {
    const { kind, kinds: taken } = capture.vantage;
    if (taken.some((each) => kinds.includes(each))) return undefined;
    const names = {
      en: kinds.map((each) => VANTAGE_SAYS[each].en).join(' or '),
      ko: kinds.map((each) => VANTAGE_SAYS[each].ko).join(' 또는 '),
    };
    const here =
      kind === undefined ? { en: 'a place that the packets do not tell', ko: '패킷으로는 알 수 없는 곳' } : VANTAGE_SAYS[kind];
    const says = {
      en: `this capture was taken at ${here.en}; the rule is decided at ${names.en}`,
      ko: `캡처한 곳: ${here.ko}. 이 규칙을 판정할 수 있는 곳: ${names.ko}`,
    };
    return notVisible(kind === undefined ? 'vantage-unknown' : 'other-vantage', [], says, advice(capture));
  };
}
