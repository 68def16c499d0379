import type { Language } from './text.ts';

/** What a whole capture is told of: how often. Limits that were reached, so that no result is silently incomplete. */
export const COUNTED = {
  'clock-steps': ['time that runs backwards', 'times that run backwards in all', '시각이 거꾸로 간 곳이 모두 {n}곳입니다'],
  'unknown-link-types': [
    'packet of a link type that is not dissected',
    'packets of link types that are not dissected',
    '해석하지 않는 링크 계층의 패킷이 {n}개입니다',
  ],
  'cut-packets': [
    'packet was cut short when it was captured (snap length); what was cut off is missing everywhere',
    'packets were cut short when they were captured (snap length); what was cut off is missing everywhere',
    '캡처할 때 잘린 패킷이 {n}개입니다(snap length). 잘려 나간 부분은 어디에도 없습니다',
  ],
  'quic-connections-evicted': [
    'QUIC connection finished early because a table was full',
    'QUIC connections finished early because a table was full',
    '표가 가득 차서 QUIC 연결 {n}개를 일찍 끝냈습니다',
  ],
  'quic-hellos-held': [
    'QUIC hello given up because too many were unfinished at once',
    'QUIC hellos given up because too many were unfinished at once',
    '끝나지 않은 것이 한꺼번에 너무 많아 QUIC hello {n}개를 포기했습니다',
  ],
  'tcp-flows-evicted': [
    'TCP connection finished early because the table was full',
    'TCP connections finished early because the table was full',
    '표가 가득 차서 TCP 연결 {n}개를 일찍 끝냈습니다',
  ],
  'tcp-conversations-evicted': [
    'TCP connection finished early because too many carried payload at once',
    'TCP connections finished early because too many carried payload at once',
    '데이터를 나르는 연결이 한꺼번에 너무 많아 TCP 연결 {n}개를 일찍 끝냈습니다',
  ],
  'udp-flows-evicted': [
    'UDP flow finished early because the table was full',
    'UDP flows finished early because the table was full',
    '표가 가득 차서 UDP 흐름 {n}개를 일찍 끝냈습니다',
  ],
  'holes-given-up': [
    'hole in a stream given up because too many bytes waited behind it',
    'holes in streams given up because too many bytes waited behind them',
    '뒤에서 기다리는 바이트가 너무 많아 스트림의 빈 곳 {n}곳을 포기했습니다',
  ],
  'fragments-dropped': [
    'IP datagram whose fragments never came together',
    'IP datagrams whose fragments never came together',
    '조각이 다 모이지 않은 IP 데이터그램이 {n}개입니다',
  ],
  'fragments-overlap': [
    'piece of IP fragments that overlaps others with different bytes; the bytes that came first were kept',
    'pieces of IP fragments that overlap others with different bytes; the bytes that came first were kept',
    '다른 조각과 겹치면서 바이트가 다른 IP 조각이 {n}개입니다. 먼저 온 바이트를 썼습니다',
  ],
  'fragments-conflict': [
    'IP datagram whose fragments contradict each other, in their bytes or their end',
    'IP datagrams whose fragments contradict each other, in their bytes or their end',
    '조각끼리 바이트나 끝이 서로 어긋나는 IP 데이터그램이 {n}개입니다',
  ],
  'fragments-repeated': [
    'piece of 8 bytes of IP fragments that came again with the same bytes',
    'pieces of 8 bytes of IP fragments that came again with the same bytes',
    '같은 바이트로 다시 온 8바이트짜리 IP 조각이 {n}개입니다',
  ],
  'fragments-impossible': [
    'IP fragment that no datagram can have: left out where it ends beyond 65,535 bytes, else shortened',
    'IP fragments that no datagram can have: left out where they end beyond 65,535 bytes, else shortened',
    '어떤 데이터그램에도 있을 수 없는 IP 조각이 {n}개입니다. 65,535바이트를 넘어 끝나면 버리고 아니면 줄였습니다',
  ],
  'configurations-evicted': [
    'network configuration told early because too many were known; the same told again counts anew',
    'network configurations told early because too many were known; the same told again counts anew',
    '아는 것이 너무 많아 네트워크 설정 {n}개를 일찍 내보냈습니다. 같은 설정이 다시 오면 새로 셉니다',
  ],
  'configuration-lists-cut': [
    'network configuration with more addresses or names than are kept',
    'network configurations with more addresses or names than are kept',
    '보관하는 수보다 주소나 이름이 많은 네트워크 설정이 {n}개입니다',
  ],
  'resolutions-evicted': [
    'ARP or NDP question let go because too many waited',
    'ARP or NDP questions let go because too many waited',
    '기다리는 것이 너무 많아 ARP 또는 NDP 질문 {n}개를 놓아 주었습니다',
  ],
  'lookups-evicted': [
    'DNS question let go because too many waited',
    'DNS questions let go because too many waited',
    '기다리는 것이 너무 많아 DNS 질문 {n}개를 놓아 주었습니다',
  ],
  'names-evicted': [
    'name with its addresses forgotten because too many were known',
    'names with their addresses forgotten because too many were known',
    '아는 것이 너무 많아 이름 {n}개를 그 주소와 함께 잊었습니다',
  ],
  'tls-handshakes-held': [
    'TLS handshake message not read because too many were unfinished',
    'TLS handshake messages not read because too many were unfinished',
    '끝나지 않은 것이 너무 많아 TLS 핸드셰이크 메시지 {n}개를 읽지 않았습니다',
  ],
  'dns-messages-held': [
    'DNS message over TCP not read because too many were unfinished',
    'DNS messages over TCP not read because too many were unfinished',
    '끝나지 않은 것이 너무 많아 TCP로 온 DNS 메시지 {n}개를 읽지 않았습니다',
  ],
  'http-head-too-long': [
    'HTTP head longer than what is kept',
    'HTTP heads longer than what is kept',
    '보관하는 길이보다 긴 HTTP 머리가 {n}개입니다',
  ],
  'http-heads-held': [
    'HTTP head given up because too many were unfinished at once',
    'HTTP heads given up because too many were unfinished at once',
    '끝나지 않은 것이 한꺼번에 너무 많아 HTTP 머리 {n}개를 포기했습니다',
  ],
  'http-pipeline-limit': [
    'HTTP request let go because too many waited on one connection',
    'HTTP requests let go because too many waited on one connection',
    '한 연결에서 기다리는 것이 너무 많아 HTTP 요청 {n}개를 놓아 주었습니다',
  ],
  'http-length-conflict': [
    'HTTP message with conflicting lengths',
    'HTTP messages with conflicting lengths',
    '길이가 서로 어긋나는 HTTP 메시지가 {n}개입니다',
  ],
  'http-bad-chunk': ['HTTP chunk that cannot be read', 'HTTP chunks that cannot be read', '읽을 수 없는 HTTP 청크가 {n}개입니다'],
  'http-garbage': [
    'place where bytes that are no HTTP message came between messages',
    'places where bytes that are no HTTP message came between messages',
    'HTTP 메시지 사이에 HTTP가 아닌 바이트가 온 곳이 {n}곳입니다',
  ],
  'http2-header-block-too-long': [
    'HTTP/2 or HTTP/3 header block longer than what is kept; later fields of its side may be unknown',
    'HTTP/2 or HTTP/3 header blocks longer than what is kept; later fields of their side may be unknown',
    '보관하는 길이보다 긴 HTTP/2·HTTP/3 헤더 블록이 {n}개입니다. 그 뒤로 같은 쪽의 필드를 알 수 없을 수 있습니다',
  ],
  'http2-continuation-flood': [
    'HTTP/2 header block in more CONTINUATION frames than are read',
    'HTTP/2 header blocks in more CONTINUATION frames than are read',
    '읽는 수보다 많은 CONTINUATION 프레임으로 나뉜 HTTP/2 헤더 블록이 {n}개입니다',
  ],
  'http2-header-blocks-held': [
    'HTTP/2 or HTTP/3 header block given up because too many were unfinished at once',
    'HTTP/2 or HTTP/3 header blocks given up because too many were unfinished at once',
    '끝나지 않은 것이 한꺼번에 너무 많아 HTTP/2·HTTP/3 헤더 블록 {n}개를 포기했습니다',
  ],
  'http2-header-list-too-long': [
    'HTTP/2 or HTTP/3 header section that unfolds to more than is looked at',
    'HTTP/2 or HTTP/3 header sections that unfold to more than is looked at',
    '풀어 보면 살펴보는 양보다 큰 HTTP/2·HTTP/3 헤더가 {n}개입니다',
  ],
  'http2-tables-held': [
    'HTTP/2 or HTTP/3 header field forgotten because all tables together held too many; fields that refer to it are unknown',
    'HTTP/2 or HTTP/3 header fields forgotten because all tables together held too many; fields that refer to them are unknown',
    '표를 모두 합쳐 너무 많아 잊은 HTTP/2·HTTP/3 헤더 필드가 {n}개입니다. 이를 가리키는 필드는 알 수 없습니다',
  ],
  'http2-hpack-error': [
    'HTTP/2 header block that cannot be read (HPACK)',
    'HTTP/2 header blocks that cannot be read (HPACK)',
    '읽을 수 없는 HTTP/2 헤더 블록(HPACK)이 {n}개입니다',
  ],
  'http2-frame-error': [
    'HTTP/2 frame that the protocol does not allow',
    'HTTP/2 frames that the protocol does not allow',
    '프로토콜이 허용하지 않는 HTTP/2 프레임이 {n}개입니다',
  ],
  'http2-garbage': [
    'HTTP/2 connection that does not begin with its preface',
    'HTTP/2 connections that do not begin with their preface',
    '정해진 시작 문구로 시작하지 않는 HTTP/2 연결이 {n}개입니다',
  ],
  'http2-streams-evicted': [
    'HTTP/2 or HTTP/3 stream finished early because too many were open on one connection',
    'HTTP/2 or HTTP/3 streams finished early because too many were open on one connection',
    '한 연결에 열린 것이 너무 많아 HTTP/2·HTTP/3 스트림 {n}개를 일찍 끝냈습니다',
  ],
  'http2-rapid-reset': [
    'HTTP/2 or HTTP/3 connection whose client took back a hundred requests or more before an answer began',
    'HTTP/2 or HTTP/3 connections whose clients took back a hundred requests or more before an answer began',
    '응답이 시작되기 전에 클라이언트가 요청을 백 번 이상 거둔 HTTP/2·HTTP/3 연결이 {n}개입니다',
  ],
  'http3-frame-error': [
    'HTTP/3 frame that the protocol does not allow, or that its stream ends in',
    'HTTP/3 frames that the protocol does not allow, or that their stream ends in',
    '프로토콜이 허용하지 않거나 스트림이 도중에 끝난 HTTP/3 프레임이 {n}개입니다',
  ],
  'http3-qpack-error': [
    'HTTP/3 field section or instruction that cannot be read (QPACK)',
    'HTTP/3 field sections or instructions that cannot be read (QPACK)',
    '읽을 수 없는 HTTP/3 필드 섹션이나 명령(QPACK)이 {n}개입니다',
  ],
  'quic-bytes-held': [
    'QUIC packet or stream data given up because too much waited at once',
    'QUIC packets or stream data given up because too much waited at once',
    '기다리는 것이 한꺼번에 너무 많아 포기한 QUIC 패킷이나 스트림 데이터가 {n}개입니다',
  ],
} satisfies Record<string, [one: string, many: string, korean: string]>;

export type CountedCode = keyof typeof COUNTED;
export const isCounted = (code: string): code is CountedCode => Object.hasOwn(COUNTED, code);

export function countedText(code: CountedCode, count: number, language: Language): string {
  const [one, many, korean] = COUNTED[code];
  return language === 'ko' ? korean.replace('{n}', String(count)) : `${count} ${count === 1 ? one : many}`;
}
