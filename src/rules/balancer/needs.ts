import type { Text } from '../../text/text.ts';
import { notVisible, skipped } from '../findings.ts';
import type { HopFinding } from '../hop-text.ts';
import type { Hops } from '../hops.ts';

/** No capture shows what a balancer hands on: which one would. */
export function behindNotCaptured(hops: Hops, what: Text): HopFinding {
  let found: { packet: number; capture: number; server: string } | undefined;
  for (const capture of hops.captures) {
    for (const c of capture.connections) {
      found = { packet: c.firstPacket, capture: capture.index, server: c.server.address };
      break;
    }
    if (found !== undefined) break;
  }
  if (found === undefined)
    return {
      capture: 0,
      ...skipped('no-connection', [], {
        en: 'no connection was captured: there is nothing that a balancer could hand on',
        ko: '캡처에 연결이 없습니다: 로드 밸런서가 넘겨줄 것이 없습니다',
      }),
    };
  const { server } = found;
  return {
    capture: found.capture,
    ...notVisible(
      'behind-not-captured',
      [found.packet],
      {
        en: `${what.en}: that is seen on the back side of ${server}, which is not in ${hops.captures.length > 1 ? 'these captures' : 'this capture'}`,
        ko: `${what.ko}: ${server} 뒤쪽에서 보이는 것인데 그쪽은 캡처에 없습니다`,
      },
      {
        text: {
          en: 'capture on both sides of the balancer, and give both files: wirebook check front.pcap back.pcap',
          ko: '로드 밸런서의 앞과 뒤에서 캡처해 두 파일을 함께 주세요: wirebook check front.pcap back.pcap',
        },
        command: 'tcpdump -i <back> -w back.pcap tcp',
      },
    ),
  };
}
