import type { Meanings } from './meanings.ts';

export const QUIC_FIELDS: Meanings = {
  'quic.header_form': [
    'set: a long header, with version and both ids, while the connection is made; not set: a short one',
    '설정되면 연결을 만드는 동안 쓰는, 버전과 양쪽 ID가 있는 긴 헤더이고, 아니면 짧은 헤더입니다',
  ],
  'quic.version': ['version of QUIC; 0 is a negotiation of it', 'QUIC 버전. 0은 버전 협상입니다'],
  'quic.dcid': [
    'id that the receiver chose for the connection: it is known by this, whatever its addresses and ports become',
    '받는 쪽이 정한 연결 ID. 주소와 포트가 바뀌어도 이것으로 연결을 알아봅니다',
  ],
  'quic.scid': ['id that the sender chose, to be used towards it', '보내는 쪽이 정한, 자기에게 보낼 때 쓸 ID'],
  'quic.token': [
    'shows the server that the client has this address: it got the token there',
    '클라이언트가 이 주소에 있음을 서버에 보여 줍니다. 전에 그 주소에서 받은 토큰입니다',
  ],
  'quic.packet_number': [
    'counts up and is never used twice: what is lost is sent again in a packet with another number',
    '계속 커지고 다시 쓰지 않습니다. 사라진 내용은 다른 번호의 패킷에 담아 다시 보냅니다',
  ],
  'quic.key_phase': ['changes each time the keys are updated', '키를 갱신할 때마다 바뀝니다'],
  'quic.spin_bit': [
    'turns over once a round trip, for who measures on the way; many ends let it be',
    '왕복마다 한 번 뒤집혀 중간에서 왕복 시간을 잴 수 있습니다. 쓰지 않는 쪽도 많습니다',
  ],
  'quic.frame_type': [
    'what this part of the packet is for; a packet has many',
    '패킷의 이 부분이 하는 일. 한 패킷에 여러 개가 있습니다',
  ],
  'quic.ack.largest_acknowledged': ['highest packet number that has arrived', '도착한 가장 큰 패킷 번호'],
  'quic.ack.ack_delay': ['how long the receiver had it before it said so', '받은 뒤 알리기까지 걸린 시간'],
  'quic.stream.stream_id': [
    'the last two bits tell who began the stream and whether both sides send on it; each request has one of its own',
    '마지막 두 비트가 스트림을 시작한 쪽과 양방향인지를 말합니다. 요청마다 스트림이 하나입니다',
  ],
  'quic.stream.offset': ['where in the stream these bytes belong', '이 바이트가 스트림에서 놓일 자리'],
  'quic.stream.fin': ['set: its sender says no more on this stream', '설정되면 보내는 쪽이 이 스트림을 끝낸 것입니다'],
  'quic.md.maximum_data': [
    'bytes that the other side may have sent on all streams together',
    '상대가 모든 스트림에서 보낼 수 있는 바이트의 합',
  ],
  'quic.msd.maximum_stream_data': [
    'bytes that the other side may have sent on this stream',
    '상대가 이 스트림에서 보낼 수 있는 바이트',
  ],
  'quic.ms.max_streams': ['streams that the other side may begin in all', '상대가 시작할 수 있는 스트림 수'],
  'quic.nci.connection_id': [
    'another id for this side: used when the other end moves to a new network, so that nobody can tell it is the same',
    '이쪽의 새 ID. 상대가 다른 네트워크로 옮길 때 써서, 같은 연결임을 남이 알 수 없게 합니다',
  ],
  'quic.cc.error_code': ['why the connection is closed; NO_ERROR: it is done', '연결을 닫는 까닭. NO_ERROR는 정상 종료입니다'],
  'quic.cc.error_code.app': ['why the application closes the connection', '응용 프로토콜이 연결을 닫는 까닭'],
  'http3.stream_type': [
    'what a stream in one direction is for: control (settings), QPACK encoder and decoder (tables of header fields), push',
    '단방향 스트림의 쓰임: 제어(설정), QPACK 인코더와 디코더(헤더 표), 푸시',
  ],
  'http3.frame_type': ['HEADERS: header fields; DATA: body', 'HEADERS는 헤더 필드, DATA는 본문입니다'],
  'http3.frame_length': ['bytes of the frame behind this', '이 뒤에 오는 프레임의 바이트 수'],
  'http3.settings.qpack.max_table_capacity': [
    'bytes that the other side may keep in its table of header fields; 0: none',
    '상대가 헤더 필드 표에 담을 수 있는 바이트. 0이면 쓰지 않습니다',
  ],
  'http3.settings.qpack.blocked_streams': [
    'requests that may wait at once for an entry of the table which has not arrived',
    '아직 오지 않은 표 항목을 한꺼번에 기다릴 수 있는 요청 수',
  ],
  'http3.headers.required_insert_count': [
    'entries that must have arrived before these fields can be read',
    '이 필드들을 읽기 전에 와 있어야 하는 항목 수',
  ],
};
