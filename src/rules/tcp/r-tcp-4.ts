import { confirmed, contradicted, unknown } from '../findings.ts';
import { connectionOf, fromItsBeginning } from '../needs.ts';
import type { TcpFacts } from '../packet.ts';
import type { JourneyRule } from '../rule.ts';
import { openingOf } from './handshake.ts';

export const rule: JourneyRule = {
  id: 'R-TCP-4',
  chapter: 'tcp',
  scope: 'journey',
  statement: {
    en: 'The handshake exchanges sequence numbers and nothing else',
    ko: '핸드셰이크는 순서 번호만 주고받는다',
  },
  reality: {
    en: 'It also agrees on options: the largest segment (MSS, RFC 9293 §3.7.1), the window scale and timestamps (RFC 7323), selective acknowledgments (RFC 2018). Whoever has not seen the SYNs cannot read the windows.',
    ko: '옵션도 정합니다: 가장 큰 세그먼트(MSS, RFC 9293 §3.7.1), 윈도 배율과 타임스탬프(RFC 7323), 선택적 응답(SACK, RFC 2018). SYN을 보지 못하면 윈도 크기를 읽을 수 없습니다.',
  },
  rfc: ['RFC 9293 §3.2', 'RFC 7323', 'RFC 2018'],
  vantages: ['client', 'server'],
  reasons: ['options', 'no-options', 'unreadable'],
  needs: [fromItsBeginning],
  check(subject) {
    const connection = connectionOf(subject);
    if (connection === undefined) throw new Error('no connection');
    const { syn, synAck } = openingOf(subject.capture, connection);
    const told: { number: number; options: string; ko: string }[] = [];
    for (const each of [syn, synAck]) {
      const tcp = each === undefined ? undefined : subject.capture.packet(each.number)?.tcp;
      if (each !== undefined && tcp !== undefined)
        told.push({ number: each.number, options: optionsText(tcp), ko: optionsKorean(tcp) });
    }
    if (told.length === 0)
      return unknown('unreadable', [connection.firstPacket], {
        en: 'the bytes of the handshake are not at hand',
        ko: '핸드셰이크의 바이트를 읽을 수 없습니다',
      });
    const packets = told.map((each) => each.number);
    if (told.every((each) => each.options === ''))
      return confirmed('no-options', packets, {
        en: `no options in ${told.map((each) => `packet ${each.number}`).join(' and ')}: only numbers, flags and windows`,
        ko: `${packets.join('번, ')}번 패킷에 옵션이 없습니다: 번호와 플래그와 윈도뿐입니다`,
      });
    const some = told.filter((each) => each.options !== '');
    return contradicted('options', packets, {
      en: `more than numbers: ${some.map((each) => `packet ${each.number} offers ${each.options}`).join('; ')}`,
      ko: `번호만이 아닙니다: ${some.map((each) => `${each.number}번 패킷의 옵션은 ${each.ko}`).join('; ')}`,
    });
  },
};

function optionsText({ options }: TcpFacts): string {
  const list: string[] = [];
  if (options.mss !== undefined) list.push(`MSS ${options.mss}`);
  if (options.sackPermitted) list.push('SACK');
  if (options.timestamps !== undefined) list.push('timestamps');
  if (options.windowScale !== undefined) list.push(`window scale ${options.windowScale}`);
  if (options.fastOpen) list.push('fast open');
  if (options.multipath) list.push('multipath TCP');
  return list.join(', ');
}

const optionsKorean = (tcp: TcpFacts): string =>
  optionsText(tcp).replace('timestamps', '타임스탬프').replace('window scale', '윈도 배율').replace('fast open', 'Fast Open');
