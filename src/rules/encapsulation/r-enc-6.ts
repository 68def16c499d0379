import { hostPort } from '../../correlate/host-names.ts';
import { confirmed, contradicted, notVisible, unknown } from '../findings.ts';
import { limitName } from '../ip/ends.ts';
import { baseline, differs } from '../ip/server-limit.ts';
import { bothDirections, connectionOf, fromItsBeginning } from '../needs.ts';
import type { JourneyRule } from '../rule.ts';
import type { VantageKind } from '../vantage.ts';

/** Ports that a program has to ask for (RFC 6335 §6: system ports). */
const SYSTEM_PORTS = 1024;
/** Behind these the client's port may be a translator's. */
const TRANSLATED: VantageKind[] = ['gateway-outside', 'cache-back', 'balancer-back'];

export const rule: JourneyRule = {
  id: 'R-ENC-6',
  chapter: 'encapsulation',
  scope: 'journey',
  statement: {
    en: "The destination port selects the application; the client's own port is chosen by its system",
    ko: '목적지 포트가 응용 프로그램을 정하고, 클라이언트의 포트는 운영체제가 고른다',
  },
  reality: {
    en: 'A listening port answers a SYN with SYN+ACK, a closed one with RST (RFC 9293 §3.10.7.1). Clients take an ephemeral port: 49152 to 65535 by IANA (RFC 6335 §6), 32768 to 60999 on Linux; NAT may change it.',
    ko: '열린 포트는 SYN에 SYN+ACK로, 닫힌 포트는 RST로 답합니다 (RFC 9293 §3.10.7.1). 클라이언트는 임시 포트를 씁니다: IANA는 49152~65535 (RFC 6335 §6), 리눅스는 32768~60999이며 NAT가 바꾸기도 합니다.',
  },
  rfc: ['RFC 9293 §3.10.7.1', 'RFC 6335 §6'],
  vantages: ['client', 'server'],
  reasons: ['listening', 'closed', 'system-port', 'unanswered', 'translated', 'unreachable', 'refused-by-another'],
  needs: [fromItsBeginning, bothDirections],
  check(subject) {
    const c = connectionOf(subject);
    if (c?.handshake === undefined) throw new Error('no handshake');
    const { syn, synAck } = c.handshake;
    const client = hostPort(c.client);
    const server = hostPort(c.server);
    const kind = subject.capture.vantage.kind;
    if (c.client.port < SYSTEM_PORTS)
      return contradicted('system-port', syn.slice(0, 1), {
        en: `${client} used port ${c.client.port}, which a program has to ask for: systems choose from ${SYSTEM_PORTS} up`,
        ko: `${client}에서 쓴 ${c.client.port}번 포트는 프로그램이 직접 지정해야 하는 포트입니다: 운영체제는 ${SYSTEM_PORTS} 이상에서 고릅니다`,
      });
    if (kind !== undefined && TRANSLATED.includes(kind))
      return notVisible(
        'translated',
        [syn[0], synAck[0]],
        {
          en: `port ${c.server.port} of ${c.server.address} ${synAck.length > 0 ? 'answered' : 'was asked'}, but port ${c.client.port} may be the translator's and not the client's own`,
          ko: `${c.server.address}의 ${c.server.port}번 포트에 대한 것은 보이지만, ${c.client.port}번 포트는 클라이언트가 아니라 주소를 바꾼 장비가 고른 것일 수 있습니다`,
        },
        {
          text: { en: 'capture at the client itself', ko: '클라이언트에서 캡처하세요' },
          command: `tcpdump -i any -w client.pcap host ${c.server.address} and port ${c.server.port}`,
        },
      );
    const reset = c.close.how === 'refused' ? subject.capture.packet(c.close.packets[0]) : undefined;
    const usual = reset === undefined ? undefined : baseline(subject.capture, c);
    if (reset !== undefined && usual !== undefined && differs(reset, usual))
      return unknown('refused-by-another', [syn[0], reset.number, usual.number], {
        en: `the SYN in packet ${syn[0]} was refused in packet ${reset.number} with ${limitName(reset)} ${reset.hopLimit}, while packet ${usual.number} of ${c.server.address} came with ${usual.hopLimit}: another machine answers in its name, and whether something listens on port ${c.server.port} the packets do not tell`,
        ko: `${syn[0]}번 패킷의 SYN을 거부한 ${reset.number}번 패킷의 ${limitName(reset)} 값은 ${reset.hopLimit}인데 ${c.server.address}의 ${usual.number}번 패킷은 ${usual.hopLimit}입니다: 다른 장비가 그 이름으로 답한 것이라, ${c.server.port}번 포트에서 기다리는 프로그램이 있는지는 알 수 없습니다`,
      });
    if (c.close.how === 'refused')
      return confirmed('closed', [syn[0], ...c.close.packets].slice(0, 4), {
        en: `nothing listens on port ${c.server.port}, or a firewall answers so: the SYN in packet ${syn[0]} was refused in packet ${c.close.packets[0]}; ${client} had port ${c.client.port} of its system`,
        ko: `${c.server.port}번 포트에서 기다리는 프로그램이 없거나 방화벽이 그렇게 답한 것입니다: ${syn[0]}번 패킷의 SYN이 ${c.close.packets[0]}번에서 거부되었습니다. ${client}의 포트는 운영체제가 고른 것입니다`,
      });
    if (c.close.how === 'unreachable')
      return unknown('unreachable', [syn[0], ...c.close.packets].slice(0, 4), {
        en: `${server} was not reached: whether something listens there the packets do not tell`,
        ko: `${server}에 닿지 못했습니다: 그곳에서 기다리는 프로그램이 있는지는 알 수 없습니다`,
      });
    if (synAck.length === 0)
      return unknown('unanswered', syn.slice(0, 4), {
        en: `${server} did not answer the SYN in packet ${syn[0]}: whether something listens there the packets do not tell`,
        ko: `${server}에서 ${syn[0]}번 패킷의 SYN에 답하지 않았습니다: 그곳에서 기다리는 프로그램이 있는지는 알 수 없습니다`,
      });
    const what =
      c.application === undefined
        ? { en: '', ko: '' }
        : { en: ` and spoke ${spoken(c.application)}`, ko: ` ${spoken(c.application)} 통신을 했습니다` };
    return confirmed('listening', [syn[0] ?? synAck[0], synAck[0]], {
      en: `port ${c.server.port} of ${c.server.address} answered in packet ${synAck[0]}${what.en}; ${client} had port ${c.client.port} of its system`,
      ko: `${c.server.address}의 ${c.server.port}번 포트가 ${synAck[0]}번 패킷에서 답했${what.ko === '' ? '습니다.' : `고${what.ko}.`} ${client}의 포트는 운영체제가 고른 것입니다`,
    });
  },
};

const ABBREVIATED = new Set(['http', 'tls', 'dns', 'ssh', 'smtp', 'imap', 'pop']);
const spoken = (application: string): string => (ABBREVIATED.has(application) ? application.toUpperCase() : application);
