import type { Meanings } from './meanings.ts';

export const WEB_FIELDS: Meanings = {
  'http.request.method': [
    'what shall be done: GET fetches, POST sends, HEAD asks for the headers alone',
    '할 일: GET은 가져오기, POST는 보내기, HEAD는 헤더만 받기',
  ],
  'http.request.uri': ['path on the server, with the query', '서버에서의 경로와 질의'],
  'http.request.version': ['HTTP version of the request', '요청의 HTTP 버전'],
  'http.response.code': [
    '2xx done, 3xx look elsewhere or use your copy, 4xx fault of the request, 5xx fault of the server',
    '2xx 성공, 3xx 다른 곳이나 가진 것을 쓰라는 뜻, 4xx 요청 쪽 잘못, 5xx 서버 쪽 잘못',
  ],
  'http.response.phrase': ['the code in words, for people only', '상태 코드를 말로 쓴 것. 사람이 보기 위한 것입니다'],
  'http.host': ['name of the site: one address may serve many', '사이트 이름. 한 주소가 여러 사이트를 담당할 수 있습니다'],
  'http.user_agent': ['program that asks', '요청하는 프로그램'],
  'http.accept': ['kinds of content that the client takes', '클라이언트가 받을 수 있는 내용의 종류'],
  'http.accept_encoding': ['compressions that the client can undo', '클라이언트가 풀 수 있는 압축 방식'],
  'http.content_encoding': ['the body is compressed so', '본문의 압축 방식'],
  'http.content_type': ['kind of the body', '본문의 종류'],
  'http.content_length': [
    'bytes of the body: tells where the message ends',
    '본문의 바이트 수. 메시지가 어디서 끝나는지 알려 줍니다',
  ],
  'http.transfer_encoding': [
    'chunked: the body comes in pieces, each with its length, because the whole was not known',
    'chunked: 전체 길이를 몰라 조각마다 길이를 붙여 보냅니다',
  ],
  'http.connection': [
    'keep-alive: the connection stays for the next request; close: it ends',
    'keep-alive는 다음 요청까지 연결을 두고, close는 끝냅니다',
  ],
  'http.location': ['where to go instead', '대신 갈 곳'],
  'http.referer': ['page from which this was asked', '이 요청을 낳은 페이지'],
  'http.cache_control': ['how long and where it may be kept', '얼마나, 어디에 담아 두어도 되는지'],
  'http.last_modified': [
    'when the content was changed last; the client may ask whether it still is so',
    '내용이 마지막으로 바뀐 때. 클라이언트가 그대로인지 물을 수 있습니다',
  ],
  'http.server': ['program that answers', '응답하는 프로그램'],
  'http.date': ['when the server made the answer, by its clock', '서버가 응답을 만든 때 (서버 시계)'],
  'http.x_forwarded_for': ['client for whom a proxy or load balancer asks', '프록시나 로드 밸런서가 대신 묻는 클라이언트'],
  'http.file_data': ['the body, as it is on the wire', '본문 (선 위에 있는 그대로)'],
};
