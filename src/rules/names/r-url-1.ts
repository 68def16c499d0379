import { bareName, hostPort, plainName } from '../../correlate/host-names.ts';
import { askingOf, nameOf } from '../dns/asking.ts';
import { nameText, questionsOf } from '../dns/questions.ts';
import { confirmed, contradicted, notVisible, skipped, unknown } from '../findings.ts';
import { byProxy, toProxy, tunnelOf } from '../http/by-proxy.ts';
import { requestHeadCut } from '../http-head.ts';
import { connectionOf, exchangeOf, keyLogAdvice, openedBy, quicOf, tlsAround, tlsOf } from '../needs.ts';
import { isAddress } from '../origin.ts';
import type { Finding, JourneyRule, JourneySubject } from '../rule.ts';

interface Said {
  where: 'DNS' | 'SNI' | 'Host';
  name: string;
  packet: number | undefined;
}

/** A client that waited for an answer connects as soon as it is there. */
const AT_ONCE = 0.05e9;

export const rule: JourneyRule = {
  id: 'R-URL-1',
  chapter: 'names',
  scope: 'journey',
  statement: {
    en: "The URL's host is the name asked of DNS, the SNI of TLS, and the Host of HTTP",
    ko: 'URL의 호스트 이름을 DNS에 묻고, TLS의 SNI와 HTTP의 Host에도 쓴다',
  },
  reality: {
    en: 'For an ordinary visit. A proxy is looked up by its own name; one HTTP/2 connection may serve several hosts (RFC 9113 §9.1.1); with Encrypted ClientHello the visible SNI is a stand-in; a test may send another Host on purpose. A literal address is no name (RFC 6066 §3).',
    ko: '보통의 방문에서는 그렇습니다. 프록시를 쓰면 프록시의 이름을 묻고, HTTP/2 연결 하나로 여러 호스트에 요청하기도 하며(RFC 9113 §9.1.1), Encrypted ClientHello에서는 보이는 SNI가 가짜 이름입니다. 일부러 다른 Host를 보낼 수도 있습니다. 주소를 그대로 쓰면 이름이 없습니다(RFC 6066 §3).',
  },
  rfc: ['RFC 9110 §7.2', 'RFC 6066 §3', 'RFC 9113 §9.1.1'],
  vantages: ['client', 'balancer-front', 'server'],
  reasons: [
    'same-name',
    'other-name',
    'maybe-kept',
    'proxy',
    'coalesced',
    'one-name',
    'no-keys',
    'no-name',
    'head-cut',
    'literal',
    'no-connection',
  ],
  needs: [],
  check(subject) {
    const { journey } = subject;
    const asking = askingOf(subject);
    const connection = connectionOf(subject);
    if (asking.how === 'literal' || (asking.how === 'reused' && isAddress(nameOf(subject) ?? '')))
      return skipped('literal', [connection?.handshake?.syn[0] ?? connection?.firstPacket, exchangeOf(subject)?.requestPacket], {
        en: `the URL has the address ${journey.name}, no name`,
        ko: `URL에 이름 대신 ${journey.name} 주소가 있습니다`,
      });
    const opened = openedBy(subject);
    if (opened === undefined)
      return skipped('no-connection', journey.stages[0]?.packets.slice(0, 4) ?? [], {
        en: `${nameText(journey.name).en} was looked up, and no connection followed: there is nothing to compare`,
        ko: `${nameText(journey.name).ko} 이름을 물었지만 뒤따른 연결이 없어 비교할 것이 없습니다`,
      });
    const said = namesSaid(subject);
    const packets = said.map((s) => s.packet);
    const text = said.map((s) => `${s.where} ${s.name} (packet ${s.packet})`).join(', ');
    const textKo = said.map((s) => `${s.where} ${s.name} (${s.packet}번 패킷)`).join(', ');
    if (said.length > 1 && said.every((s) => plainName(s.name) === plainName(said[0].name)))
      return confirmed('same-name', packets, {
        en: `the same name everywhere: ${text}`,
        ko: `어디서나 같은 이름입니다: ${textKo}`,
      });
    if (said.length > 1) {
      const kept = mayBeKept(subject, said);
      if (kept !== undefined) return kept;
      const proxied = toProxy(subject);
      const reason = proxied ? 'proxy' : asking.how === 'reused' ? 'coalesced' : 'other-name';
      return contradicted(reason, packets, {
        en: `the names differ: ${text}${proxied ? '; the request goes to a proxy, whose name was looked up' : ''}`,
        ko: `이름이 서로 다릅니다: ${textKo}${proxied ? '. 요청은 프록시로 갔고, DNS에 물은 것은 프록시의 이름입니다' : ''}`,
      });
    }
    const [only] = said;
    const exchange = exchangeOf(subject);
    if (exchange !== undefined && exchange.host === undefined && requestHeadCut(subject.capture, exchange))
      return unknown('head-cut', [...packets, exchange.requestPacket], {
        en: `the headers of the request in packet ${exchange.requestPacket} were not captured whole: the Host in them is not known`,
        ko: `${exchange.requestPacket}번 패킷의 요청 헤더가 온전히 캡처되지 않아 Host를 알 수 없습니다`,
      });
    const encrypted = (tlsOf(subject) ?? quicOf(subject)) !== undefined && exchange === undefined;
    if (only === undefined || (only.where === 'DNS' && !encrypted))
      return skipped('no-name', [opened.first], {
        en: `the connection to ${hostPort(opened.server)} carries no request that names a host`,
        ko: `${hostPort(opened.server)} 연결에는 호스트 이름이 든 요청이 없습니다`,
      });
    if (encrypted)
      return notVisible(
        'no-keys',
        packets,
        {
          en: `only one name can be read, ${text}; the Host of the request is inside TLS`,
          ko: `읽을 수 있는 이름은 하나입니다: ${textKo}. 요청의 Host는 TLS 안에 있습니다`,
        },
        keyLogAdvice,
      );
    if (byProxy(subject))
      return skipped('proxy', [...packets, opened.first], {
        en: `the request for ${text} goes to the proxy ${hostPort(opened.server)}: it is the proxy that looks the name up`,
        ko: `${textKo} 요청은 프록시 ${hostPort(opened.server)}에 갔습니다: 이 이름은 프록시가 찾습니다`,
      });
    return notVisible(
      'one-name',
      packets,
      {
        en: `only one name is in the capture, ${text}: its question to DNS is not`,
        ko: `캡처에 있는 이름은 하나입니다: ${textKo}. DNS에 물은 것은 없습니다`,
      },
      {
        text: { en: 'capture at the client, before it looks the name up', ko: '클라이언트에서, 이름을 묻기 전부터 캡처하세요' },
        command: `tcpdump -i any -w client.pcap 'port 53 or host ${opened.server.address}'`,
      },
    );
  },
};

function namesSaid(subject: JourneySubject): Said[] {
  const { capture, journey } = subject;
  const asking = askingOf(subject);
  const said: Said[] = [];
  const lookup = journey.lookup === undefined ? undefined : capture.lookups.get(journey.lookup);
  // An answer for another name may happen to have this address; only one that the journey asked for, or uses, counts.
  const used = asking.how === 'own' || asking.how === 'earlier' || asking.how === 'multicast';
  const same = lookup !== undefined && plainName(lookup.name) === plainName(nameOf(subject) ?? '');
  const aliased = asking.how === 'earlier' && !same;
  if (lookup !== undefined && (same || (used && !aliased))) said.push({ where: 'DNS', name: lookup.name, packet: lookup.packet });
  const tls = tlsAround(subject) ?? quicOf(subject);
  // TLS with the proxy itself names the proxy, not what is asked for through it.
  const withProxy = (tls?.clientHelloPacket ?? 0) < (tunnelOf(subject)?.requestPacket ?? 0);
  if (tls?.sni !== undefined && !withProxy) said.push({ where: 'SNI', name: tls.sni, packet: tls.clientHelloPacket });
  const exchange = exchangeOf(subject);
  const host = bareName(exchange?.host);
  if (host) said.push({ where: 'Host', name: host, packet: exchange?.requestPacket });
  return said;
}

/**
 * An answer for one name has the address of a host with another name: asked for this connection only where that was opened at
 * once, and the client never asked for the other name. Otherwise it may have known that name's address, which is the same.
 */
function mayBeKept(subject: JourneySubject, said: Said[]): Finding | undefined {
  const { capture, journey } = subject;
  const [dns, ...others] = said;
  const opened = openedBy(subject);
  const lookup = journey.lookup === undefined ? undefined : capture.lookups.get(journey.lookup);
  if (dns.where !== 'DNS' || opened === undefined || lookup?.end === undefined) return undefined;
  if (toProxy(subject)) return undefined;
  const syn = connectionOf(subject) === undefined ? opened.first : connectionOf(subject)?.handshake?.syn[0];
  const atOnce = syn !== undefined && capture.timeOf(syn) - lookup.end < AT_ONCE;
  const asked = others.some((s) => questionsOf(capture, opened.client.address, s.name).length > 0);
  if (atOnce && !asked) return undefined;
  return unknown('maybe-kept', [dns.packet, syn, ...others.map((s) => s.packet)], {
    en: `the answer for ${dns.name} (packet ${dns.packet}) has the address of ${others[0].name} too: whether it was asked for this connection, or that name was known, cannot be told`,
    ko: `${dns.name}의 응답(${dns.packet}번 패킷)에는 ${others[0].name}의 주소도 있습니다: 이 연결을 위해 물은 것인지, 그 이름을 이미 알고 있었는지 알 수 없습니다`,
  });
}
