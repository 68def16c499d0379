import { topic } from '../../text/particles.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, contradicted, notVisible, skipped, unknown } from '../findings.ts';
import type { CaptureRule, Finding } from '../rule.ts';
import {
  AGAIN,
  type Ask,
  BROADCAST,
  type Group,
  groupsOf,
  isWithin,
  MAX_GROUPS,
  NO_QUESTION_REASONS,
  noQuestion,
  numbersOf,
} from './asks.ts';

const SHOWN = 8;
const MAX_MESSAGES = 2000;

export const rule: CaptureRule = {
  id: 'R-ARP-8',
  chapter: 'arp',
  scope: 'capture',
  statement: {
    en: 'While an ARP question has no answer, the entry of the neighbour table is INCOMPLETE',
    ko: 'ARP 질문에 답이 없는 동안 이웃 테이블의 항목은 INCOMPLETE 상태다',
  },
  reality: {
    en: 'The entry itself is the host’s (ip neigh); on the wire it is the question asked again, about every second and three times on Linux, and then what waited for it is answered by ICMP host unreachable (RFC 1122 §2.3.2.2, RFC 1812 §4.3.3.1, RFC 1812 §5.2.7.1).',
    ko: '항목 자체는 호스트 안에 있습니다(ip neigh). 패킷으로는 같은 질문이 되풀이되는 것으로 보이고(리눅스에서는 약 1초마다 세 번), 그 뒤 기다리던 패킷을 보낸 쪽에 ICMP host unreachable이 갑니다 (RFC 1122 §2.3.2.2, RFC 1812 §4.3.3.1, RFC 1812 §5.2.7.1).',
  },
  rfc: ['RFC 1122 §2.3.2.2', 'RFC 1812 §5.2.7.1'],
  vantages: ['last-router', 'client', 'gateway-inside'],
  reasons: [
    'incomplete',
    'stale-entry',
    'asked-once',
    'capture-ended',
    'reply-elsewhere',
    'all-answered',
    'told-by-icmp',
    ...NO_QUESTION_REASONS,
  ],
  needs: [],
  check(capture) {
    const groups = groupsOf(capture);
    if (groups.length === 0) return [toldFromAfar(capture) ?? noQuestion(capture)];
    const found = groups.map((group) => judge(capture, group)).filter((each) => each !== undefined);
    return found.length > 0 ? found.slice(0, MAX_GROUPS) : [toldFromAfar(capture) ?? allAnswered(groups)];
  },
};

/** A router says that it found nobody: its questions are on another network. */
function toldFromAfar(capture: CaptureFacts): Finding | undefined {
  const told = hostUnreachable(capture, 0);
  if (told === undefined) return undefined;
  const { packet, source, target } = told;
  return notVisible(
    'told-by-icmp',
    [packet],
    {
      en: `${source} says in packet ${packet} that ${target} cannot be reached (ICMP host unreachable), as a router does whose ARP questions stay unanswered; those are on the network of ${target}`,
      ko: `${packet}번 패킷(ICMP host unreachable)에서 ${source} 라우터가 ${target}에 닿을 수 없다고 알립니다. ARP 질문에 답이 없을 때 하는 일이지만, 그 질문은 ${target}의 네트워크에 있습니다`,
    },
    {
      text: { en: `capture on the network of ${target}`, ko: `${target}의 네트워크에서 캡처하세요` },
      command: `tcpdump -i <server-side> -w arp.pcap arp and host ${target}`,
    },
  );
}

function allAnswered(groups: Group[]): Finding {
  const [{ asks }] = groups;
  const [ask] = asks.filter((each) => each.replies.length > 0);
  return skipped('all-answered', [ask.packet, ask.replies[0].packet], {
    en: `every question here is answered (${groups.length} asked), as the one in packet ${ask.packet} for ${ask.target}`,
    ko: `여기의 질문에는 모두 답이 왔습니다(${groups.length}건). ${ask.target} 주소를 찾는 ${ask.packet}번 패킷이 그 예입니다`,
  });
}

function judge(capture: CaptureFacts, { mac, address, target, asks }: Group): Finding | undefined {
  const series = unansweredSeries(asks);
  if (series === undefined) return undefined;
  const packets = series.map((ask) => ask.packet).slice(0, SHOWN);
  const times = series.length;
  const error = hostUnreachable(capture, series[0].time, target)?.packet;
  if (times > 1 && series.every((ask) => ask.frameTo !== undefined && ask.frameTo !== BROADCAST))
    return contradicted('stale-entry', packets, {
      en: `${address} asks ${series[0].frameTo} alone for ${target}, ${times} times without an answer (packets ${numbersOf(packets)}): it has an entry, an old one that it wants to confirm, not an incomplete one`,
      ko: `${address}에서 ${series[0].frameTo} 하나에만 ${target} 주소를 ${times}번 물었지만 답이 없습니다(${numbersOf(packets)}번 패킷). 비어 있는 항목이 아니라 이미 가진 오래된 항목을 확인하는 것입니다`,
    });
  if (times > 1 || error !== undefined) {
    const told =
      error === undefined
        ? { en: '', ko: '' }
        : {
            en: `; then packet ${error} tells the sender so (ICMP host unreachable)`,
            ko: `. 그 뒤 ${error}번 패킷(ICMP host unreachable)이 보낸 쪽에 알립니다`,
          };
    return confirmed('incomplete', error === undefined ? packets : [...packets, error], {
      en: `${address} asks for ${target} ${times} time${times > 1 ? 's' : ''} (packet ${numbersOf(packets)}) and nobody answers: its entry is incomplete${told.en}`,
      ko: `${address}에서 ${target} 주소를 ${times}번 물었지만(${numbersOf(packets)}번 패킷) 아무도 답하지 않았습니다. 항목은 INCOMPLETE입니다${told.ko}`,
    });
  }
  const [ask] = series;
  if (!isWithin(capture, mac))
    return notVisible(
      'reply-elsewhere',
      packets,
      {
        en: `${address} asks for ${target} once, in packet ${ask.packet}; an answer would go to it alone, and need not pass here`,
        ko: `${address}에서 ${ask.packet}번 패킷으로 ${target} 주소를 한 번 묻습니다. 응답은 물은 쪽에만 가므로 여기를 지나지 않을 수 있습니다`,
      },
      {
        text: { en: `capture at ${address}, or look at its table`, ko: `${address}에서 캡처하거나 그 이웃 테이블을 보세요` },
        command: `ip neigh show ${target}`,
      },
    );
  if (capture.lastTime - ask.time < AGAIN / 2)
    return unknown('capture-ended', packets, {
      en: `${address} asks for ${target} in packet ${ask.packet}, and the capture ends before an answer or the next question could come`,
      ko: `${address}에서 ${ask.packet}번 패킷으로 ${target} 주소를 묻지만, 답이나 다음 질문이 오기 전에 캡처가 끝났습니다`,
    });
  return unknown('asked-once', packets, {
    en: `${address} asks for ${target} once, in packet ${ask.packet}, and no answer is here; whether it gave up, or the answer was not captured, the packets do not tell`,
    ko: `${topic(`${ask.packet}번 패킷`)} ${address}에서 ${target} 주소를 한 번 물은 것인데 답이 없습니다. 포기한 것인지 답이 캡처되지 않은 것인지는 패킷으로 알 수 없습니다`,
  });
}

/** The longest run of questions that follow each other at once without an answer between. */
function unansweredSeries(asks: Ask[]): Ask[] | undefined {
  let best: Ask[] = [];
  let run: Ask[] = [];
  for (const ask of asks) {
    const last = run.at(-1);
    if (ask.replies.length > 0) run = [];
    else if (last !== undefined && ask.time - last.time > AGAIN) run = [ask];
    else run = [...run, ask];
    if (run.length > best.length) best = run;
  }
  // One that was asked again and then answered was slow or lost, not unanswered.
  const after = asks[asks.indexOf(best.at(-1) as Ask) + 1];
  if (best.length === 0 || (after !== undefined && after.replies.length > 0 && after.time - (best.at(-1) as Ask).time < AGAIN))
    return undefined;
  return best;
}

/** An ICMP error "host unreachable" for a packet to this address, or any (RFC 792: type 3, code 1). */
function hostUnreachable(
  capture: CaptureFacts,
  from: number,
  target?: string,
): { packet: number; source: string; target: string } | undefined {
  let count = 0;
  for (const { packet, source, version, type, code, time } of capture.icmp) {
    if (count++ > MAX_MESSAGES) return undefined;
    if (version !== 4 || type !== 3 || code !== 1 || time < from) continue;
    const facts = capture.packet(packet);
    const layer = facts?.layers.find((each) => each.protocol === 'icmp');
    if (facts === undefined || layer === undefined) continue;
    // Behind the message's own eight bytes, the destination in the header that it quotes.
    const at = layer.at + 8 + 16;
    if (at + 4 > facts.bytes.length) continue;
    const quoted = facts.bytes.subarray(at, at + 4).join('.');
    if (target === undefined || quoted === target) return { packet, source, target: quoted };
  }
  return undefined;
}
