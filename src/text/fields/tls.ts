import type { Meanings } from './meanings.ts';

export const TLS_FIELDS: Meanings = {
  'tls.record.content_type': [
    '20 ChangeCipherSpec, 21 alert, 22 handshake, 23 application data; in TLS 1.3 everything encrypted says 23',
    '20 ChangeCipherSpec, 21 경고, 22 핸드셰이크, 23 응용 데이터. TLS 1.3에서는 암호화된 것이 모두 23입니다',
  ],
  'tls.record.version': [
    'kept at an old value so that old devices do not stumble; the version in use is in the hellos',
    '옛 장비를 위해 옛 값으로 둡니다. 실제 버전은 Hello에 있습니다',
  ],
  'tls.record.length': ['bytes of the record behind its 5-byte header', '5바이트 헤더 뒤의 바이트 수'],
  'tls.segment.data': [
    'what was sealed in the record, opened with the keys; it lies in no packet, its bytes are shown on their own',
    '레코드에 봉해져 있던 내용을 키로 연 것. 패킷 안에는 없으며 바이트도 따로 보입니다',
  ],
  'tls.handshake.verify_data': [
    'a keyed hash over the whole handshake: proves that nobody changed it on the way',
    '핸드셰이크 전체의 키 해시. 도중에 아무도 바꾸지 않았음을 증명합니다',
  ],
  'tls.handshake.type': [
    '1 ClientHello, 2 ServerHello, 11 Certificate, 20 Finished',
    '1은 ClientHello, 2는 ServerHello, 11은 인증서, 20은 Finished',
  ],
  'tls.handshake.version': [
    '0x0303 also in TLS 1.3, which names itself in an extension',
    'TLS 1.3에서도 0x0303이며 실제 버전은 확장에 적습니다',
  ],
  'tls.handshake.random': [
    "random bytes of this side, mixed into the keys; key logs find a session by the client's",
    '키를 만들 때 섞는 무작위 바이트. 키 로그는 클라이언트의 것으로 세션을 찾습니다',
  ],
  'tls.handshake.session_id': [
    'used to resume an old session; in TLS 1.3 only for looks',
    '이전 세션을 이어 쓰는 데 씁니다. TLS 1.3에서는 겉모습일 뿐입니다',
  ],
  'tls.handshake.ciphersuite': [
    'how data is encrypted and checked; the client offers several, the server picks one',
    '암호화와 검사 방법. 클라이언트가 여럿을 제안하고 서버가 하나를 고릅니다',
  ],
  'tls.handshake.extensions_server_name': [
    'name the client wants (SNI): anybody on the path can read it',
    '클라이언트가 찾는 이름(SNI). 가는 길의 누구나 읽을 수 있습니다',
  ],
  'tls.handshake.extensions_alpn_str': [
    'protocol inside TLS: h2 is HTTP/2, http/1.1 HTTP/1.1',
    'TLS 안의 프로토콜: h2는 HTTP/2, http/1.1은 HTTP/1.1',
  ],
  'tls.handshake.extensions.supported_version': [
    'versions the client speaks, or the one the server chose: 0x0304 is TLS 1.3',
    '클라이언트가 쓸 수 있는 버전들, 또는 서버가 고른 버전. 0x0304는 TLS 1.3',
  ],
  'tls.handshake.extensions_supported_group': ['curves for the key exchange', '키 교환에 쓸 곡선'],
  'tls.handshake.extensions_key_share_group': ['curve of the key half that is sent here', '여기 보내는 키 반쪽의 곡선'],
  'tls.handshake.sig_hash_alg': ['signatures that this side can check', '확인할 수 있는 서명 방식'],
  'tls.handshake.certificate': ['who the server is, signed by an authority', '서버의 신원. 인증 기관이 서명했습니다'],
  'tls.app_data': [
    'encrypted: only the keys of its own connection open it (a key log)',
    '암호화됨. 이 연결의 키가 든 키 로그가 있어야 열 수 있습니다',
  ],
  'tls.alert_message.level': ['1 warning, 2 fatal: the connection ends', '1은 경고, 2는 치명적: 연결이 끝납니다'],
  'tls.alert_message.desc': [
    'what is wrong; 0 close_notify is no error but the proper end',
    '무엇이 문제인지. 0 close_notify는 오류가 아니라 정상 종료입니다',
  ],
};
