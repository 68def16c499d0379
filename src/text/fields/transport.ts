import type { Meanings } from './meanings.ts';

export const TRANSPORT_FIELDS: Meanings = {
  'tcp.srcport': [
    'program at the sender; a client lets its system pick a free one',
    '보내는 쪽 프로그램의 번호. 클라이언트는 운영체제가 비어 있는 것을 고릅니다',
  ],
  'tcp.dstport': ['program at the receiver: 80 HTTP, 443 HTTPS', '받는 쪽 프로그램의 번호: 80 HTTP, 443 HTTPS'],
  'tcp.seq_raw': [
    "number of this segment's first byte; the first number of a connection is random (RFC 6528)",
    '이 세그먼트 첫 바이트의 번호입니다. 연결의 첫 번호는 무작위입니다 (RFC 6528)',
  ],
  'tcp.ack_raw': [
    'next byte that is expected: everything before it has arrived',
    '다음에 기다리는 바이트 번호. 그 앞은 모두 받았습니다',
  ],
  'tcp.stream': ['number of the connection in this capture, from 0', '이 캡처에서 연결의 번호. 0부터 셉니다'],
  'tcp.seq': [
    'counted from the first number of its direction: the SYN is 0, the first byte of data 1',
    '이 방향의 첫 번호부터 센 값입니다. SYN이 0, 첫 데이터 바이트가 1입니다',
  ],
  'tcp.ack': [
    'counted from the first number of the other direction: every byte before this one has arrived',
    '반대 방향의 첫 번호부터 센 값입니다. 이 번호 앞의 바이트는 모두 받았습니다',
  ],
  'tcp.window_size': [
    'bytes that the sender of this segment can still take: the window times the scale told in its SYN',
    '이 세그먼트를 보낸 쪽이 더 받을 수 있는 바이트 수입니다. 윈도 값에 SYN에서 알린 배율을 곱했습니다',
  ],
  'tcp.analysis.flags': [
    "what the connection's other packets make of this one",
    '같은 연결의 다른 패킷과 견주어 알게 된 것입니다',
  ],
  'tcp.analysis.retransmission': [
    'the same bytes again: the first time was lost or not acknowledged in time',
    '같은 바이트를 다시 보냅니다. 앞의 것이 사라졌거나 제때 확인되지 않았습니다',
  ],
  'tcp.analysis.fast_retransmission': [
    'sent again because duplicate ACKs asked for it (RFC 5681 section 3.2)',
    '중복 ACK를 보고 다시 보냅니다 (빠른 재전송, RFC 5681 3.2절)',
  ],
  'tcp.analysis.spurious_retransmission': [
    'sent again though the other side had acknowledged it already',
    '상대가 이미 확인한 바이트를 다시 보냅니다 (불필요한 재전송)',
  ],
  'tcp.analysis.out_of_order': ['came late, behind bytes that follow it', '순서가 뒤바뀌어 뒤의 바이트보다 늦게 왔습니다'],
  'tcp.analysis.duplicate_ack': [
    'acknowledges the same byte again: something before what came is missing',
    '같은 확인 번호를 또 보냅니다. 중간에 빠진 것이 있습니다',
  ],
  'tcp.analysis.keep_alive': [
    'asks whether the other side is still there, with a byte that it has already',
    '상대가 아직 있는지 이미 받은 바이트로 물어봅니다',
  ],
  'tcp.analysis.keep_alive_ack': ['answers a keep-alive: still there', '킵얼라이브에 답합니다. 아직 있습니다'],
  'tcp.analysis.zero_window': [
    'its sender has no room left: the other side must wait until the window opens',
    '보낸 쪽에 빈자리가 없습니다. 상대는 윈도가 열릴 때까지 기다려야 합니다',
  ],
  'tcp.analysis.zero_window_probe': [
    'one byte, to hear whether the closed window has opened',
    '닫힌 윈도가 열렸는지 한 바이트로 물어봅니다',
  ],
  'tcp.analysis.zero_window_probe_ack': ['answers the probe with the window as it is', '물음에 지금의 윈도 값으로 답합니다'],
  'tcp.analysis.window_full': [
    "fills the receiver's window to its last byte: its sender must wait now",
    '받는 쪽 윈도를 끝까지 채웠습니다. 보내는 쪽은 이제 기다려야 합니다',
  ],
  'tcp.analysis.lost_segment': [
    'bytes before this segment were not seen: lost on the way here, late, or not captured',
    '앞의 바이트가 보이지 않았습니다. 오는 길에 사라졌거나, 늦거나, 캡처가 놓쳤습니다',
  ],
  'tcp.analysis.ack_lost_segment': [
    'acknowledges bytes that this capture does not have: the capture missed them',
    '이 캡처에 없는 바이트를 확인합니다. 캡처가 놓친 것입니다',
  ],
  'tcp.analysis.overlap_conflict': [
    'other bytes for a place of the stream that had come before; the first are believed',
    '이미 온 자리에 다른 바이트가 왔습니다. 먼저 온 것을 믿습니다',
  ],
  'tcp.analysis.captured_twice': [
    'the very same packet once more: captured twice, not sent twice',
    '똑같은 패킷이 한 번 더 잡혔습니다. 두 번 보낸 것이 아닙니다',
  ],
  'tcp.analysis.reset_without_effect': [
    'the connection went on after this RST: it was not accepted, or somebody else made it',
    '이 RST 뒤에도 연결이 이어졌습니다. 받아들여지지 않았거나 다른 누군가가 만든 것입니다',
  ],
  'tcp.hdr_len': ['20 bytes, more with options', '20바이트이고 옵션이 있으면 더 깁니다'],
  'tcp.flags': [
    'what the segment does: opens (SYN), acknowledges (ACK), closes (FIN), breaks off (RST)',
    '세그먼트가 하는 일: 열기(SYN), 확인(ACK), 닫기(FIN), 끊기(RST)',
  ],
  'tcp.flags.syn': ['set: opens a direction and tells its first sequence number', '설정: 한 방향을 열고 첫 순서 번호를 알립니다'],
  'tcp.flags.ack': [
    'set: the acknowledgment number counts; so in every segment but the first',
    '설정: 확인 번호가 유효합니다. 첫 세그먼트 말고는 늘 설정됩니다',
  ],
  'tcp.flags.fin': [
    'set: the sender has nothing more to send; the other direction stays open',
    '설정: 보낼 것이 더 없습니다. 반대 방향은 아직 열려 있습니다',
  ],
  'tcp.flags.reset': [
    'set: the connection ends at once, or there is none',
    '설정: 연결을 곧바로 끝내거나, 그런 연결이 없다는 뜻입니다',
  ],
  'tcp.flags.push': [
    'set: the receiver shall not wait for more before it hands this on',
    '설정: 더 기다리지 말고 바로 프로그램에 넘기라는 뜻입니다',
  ],
  'tcp.flags.urg': ['set: the urgent pointer counts; hardly used', '설정: 긴급 포인터가 유효합니다. 거의 쓰지 않습니다'],
  'tcp.flags.ece': ['set: congestion was marked on the way (RFC 3168)', '설정: 오는 길에 혼잡 표시가 있었습니다 (RFC 3168)'],
  'tcp.flags.cwr': ['set: the sender has slowed down', '설정: 보내는 쪽이 속도를 줄였습니다'],
  'tcp.window_size_value': [
    'bytes the sender of this segment can still take, times the window scale told in its SYN',
    '이 세그먼트를 보낸 쪽이 더 받을 수 있는 바이트 수입니다. SYN에서 알린 배율을 곱합니다',
  ],
  'tcp.checksum': [
    'guards header, data and addresses; of sent packets it is often not filled in yet when captured (offload)',
    '헤더, 데이터, 주소를 지키는 검사합. 보내는 패킷은 잡을 때 아직 채워지지 않은 경우가 많습니다 (오프로드)',
  ],
  'tcp.urgent_pointer': ['counts only with the URG flag', 'URG 플래그가 있을 때만 유효합니다'],
  'tcp.len': ['bytes of data in this segment', '이 세그먼트의 데이터 바이트 수'],
  'tcp.options.mss': [
    'largest segment that its sender wants to receive; told in the SYN',
    '이만큼까지 받겠다는 세그먼트 크기. SYN에서 알립니다',
  ],
  'tcp.options.wscale': [
    'how often windows are doubled: without it 65,535 bytes would be the most (RFC 7323)',
    '윈도를 몇 배로 볼지 정합니다. 없으면 65,535바이트가 최대입니다 (RFC 7323)',
  ],
  'tcp.options.sack_perm': [
    'gaps in what has arrived may be told one by one (RFC 2018)',
    '빠진 부분을 골라서 알려 줄 수 있다는 뜻입니다 (RFC 2018)',
  ],
  'tcp.options.sack': [
    'bytes that have arrived behind a gap: only the gap must be sent again',
    '빠진 부분 뒤로 도착한 바이트들. 빠진 것만 다시 보내면 됩니다',
  ],
  'tcp.options.timestamp': [
    "clock of the sender and echo of the other's: measures the round trip (RFC 7323)",
    '보낸 쪽의 시계 값과 상대 시계 값의 메아리. 왕복 시간을 잽니다 (RFC 7323)',
  ],
  'tcp.options.timestamp.tsval': ["the sender's clock", '보낸 쪽의 시계 값'],
  'tcp.options.timestamp.tsecr': ['the clock value last received from the other side', '상대에게서 마지막으로 받은 시계 값'],
  'tcp.options.nop': ['fills up to four bytes', '4바이트를 맞추는 채움'],
  'udp.srcport': ['program at the sender, where the answer goes', '보내는 쪽 프로그램의 번호. 응답이 이리로 옵니다'],
  'udp.dstport': ['program at the receiver: 53 DNS, 443 QUIC', '받는 쪽 프로그램의 번호: 53 DNS, 443 QUIC'],
  'udp.length': ['bytes with the 8 of the header', '헤더 8바이트를 포함한 길이'],
  'udp.checksum': [
    'guards header, data and addresses; 0 over IPv4: none',
    '헤더, 데이터, 주소를 지키는 검사합. IPv4에서 0이면 없음',
  ],
};
