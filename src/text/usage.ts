import type { Text } from './text.ts';

export const USAGE: Text = {
  en: `wirebook: what really happened on the wire

  wirebook FILE                     the capture's journeys on screen (text where the output is no terminal)
  wirebook report FILE [--format text|json|jsonl|har]
                                    the same for people (text), programs (json, jsonl)
                                    or a browser's network panel (har)
  wirebook check FILE...            does the documented flow hold? verdicts with packets (wirebook check --help)
  wirebook book [CHAPTER] [FILE]    the documented flow, statement by statement (wirebook book --help)
  wirebook explain RULE | FILE --packet N
                                    one rule, or one packet, in words
  wirebook -i IF [FILTER]           live: what passes an interface, as it passes (-D lists them)
  wirebook run [--] COMMAND         runs a command and shows what it does on the wire (wirebook run --help)
  wirebook doctor                   what can capture here, and the command that mends what cannot

FILE is a pcap or pcapng file, also gzipped; "-" reads standard input.

  -r, --read FILE      the capture, as in tcpdump and tshark
      --format FORMAT  text (default), json: one document, jsonl: one record a line while reading,
                       har: an HTTP archive (HAR 1.2) of the requests that can be read
      --json           the same as --format json
      --keylog FILE    TLS keys (NSS key log): shows what is inside HTTPS; may be repeated; "env": $SSLKEYLOGFILE
      --include-secrets
                       slices written from the screens (w) hold the TLS keys of their connections, the capture of -w
                       what the key log gained meanwhile; never otherwise
      --stream-hashes  SHA-256 of every TCP stream in the report
      --verdicts       the book's verdicts in the JSON report also of a large capture (--no-verdicts: of none)
      --lang en|ko     language; otherwise LC_ALL, LC_MESSAGES, LANG decide
      --no-color       no colours (also: NO_COLOR in the environment)
      --ascii, --theme auto|dark|light, --no-mouse
                       how the screens are drawn; also in ~/.config/wirebook/config.json
      --plain          commands and answers as lines of text, for screen readers
  -Y FILTER            report only the journeys that match: 'http.response.code >= 400', 'stage.dns > 100ms'
  -n                   accepted; names are never looked up

Live:
  -i, --interface IF   name or number of an interface, "any", or several times -i
  -D                   lists the interfaces, and why one cannot be opened
  -f, --filter BPF     what to capture, as in tcpdump ("port 53 or port 443")
  -w, --write FILE     keep the capture (pcapng)
  -c, --count N        end after N packets
      --duration S     end after S seconds
  -s N, -p, -B MIB     bytes kept of a packet; not promiscuous; the kernel's buffer
      --engine NAME    auto (default), libpcap, dumpcap, tcpdump, cap

  -h, --help           this text
      --version        the version

Exit codes: 0 all read; 1 the capture is broken somewhere, what could be read is shown; 2 usage or input error;
70 a fault of wirebook itself.
`,
  ko: `wirebook: 선 위에서 실제로 일어난 일

  wirebook FILE                     캡처의 여정을 화면으로 (출력이 터미널이 아니면 글로)
  wirebook report FILE [--format text|json|jsonl|har]
                                    같은 내용을 사람용(text), 프로그램용(json, jsonl),
                                    브라우저 네트워크 패널용(har)으로
  wirebook check FILE...            문서의 흐름이 실제로 맞는지 패킷을 들어 판정 (wirebook check --help)
  wirebook book [장] [FILE]         문서의 흐름을 한 문장씩 (wirebook book --help)
  wirebook explain RULE | FILE --packet N
                                    규칙 하나, 또는 패킷 하나를 말로 설명
  wirebook -i IF [필터]             라이브: 인터페이스를 지나는 것을 지나는 대로 (-D로 목록)
  wirebook run [--] 명령            명령을 실행하고 그것이 선 위에서 한 일을 보여 줌 (wirebook run --help)
  wirebook doctor                   여기서 무엇으로 캡처할 수 있는지와, 안 되는 것을 고칠 명령

FILE은 pcap 또는 pcapng 파일이며 gzip으로 압축되어 있어도 됩니다. "-"는 표준 입력을 읽습니다.

  -r, --read FILE      캡처 파일 (tcpdump, tshark와 같음)
      --format FORMAT  text(기본), json: 문서 하나, jsonl: 읽는 동안 한 줄에 한 기록,
                       har: 읽을 수 있는 요청의 HTTP 아카이브(HAR 1.2)
      --json           --format json과 같음
      --keylog FILE    TLS 키(NSS 키 로그): HTTPS 안의 내용을 보여 줌. 여러 번 쓸 수 있음. "env": $SSLKEYLOGFILE
      --include-secrets
                       화면에서 쓰는 조각(w)에 그 연결들의 TLS 키를, -w의 캡처에는 그동안 키 로그에
                       늘어난 것을 넣음. 주지 않으면 넣지 않음
      --stream-hashes  모든 TCP 스트림의 SHA-256을 보고서에 넣음
      --verdicts       큰 캡처에서도 책의 판정을 JSON 보고서에 넣음 (--no-verdicts: 넣지 않음)
      --lang en|ko     언어. 없으면 LC_ALL, LC_MESSAGES, LANG에 따름
      --no-color       색 없음 (환경 변수 NO_COLOR도 같음)
      --ascii, --theme auto|dark|light, --no-mouse
                       화면을 그리는 방법. ~/.config/wirebook/config.json에도 쓸 수 있음
      --plain          화면 대신 글 줄로 명령하고 답을 읽음 (화면 낭독기용)
  -Y 필터              맞는 여정만 보고: 'http.response.code >= 400', 'stage.dns > 100ms'
  -n                   받아들이기만 함. 이름은 원래 찾지 않음

라이브:
  -i, --interface IF   인터페이스의 이름이나 번호, "any". 여러 번 쓸 수 있음
  -D                   인터페이스 목록과 열 수 없는 까닭
  -f, --filter BPF     캡처할 것 (tcpdump와 같음: "port 53 or port 443")
  -w, --write FILE     캡처를 남김 (pcapng)
  -c, --count N        패킷 N개 뒤에 끝냄
      --duration S     S초 뒤에 끝냄
  -s N, -p, -B MIB     패킷에서 남길 바이트 수, 무차별 모드 아님, 커널 버퍼
      --engine 이름    auto(기본), libpcap, dumpcap, tcpdump, cap

  -h, --help           이 글
      --version        버전

종료 코드: 0 모두 읽음, 1 캡처 일부가 깨져 읽을 수 있는 데까지 보여 줌, 2 사용법 또는 입력 오류,
70 wirebook 자체의 오류
`,
};
