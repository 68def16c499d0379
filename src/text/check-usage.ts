import type { Text } from './text.ts';

export const CHECK_USAGE: Text = {
  en: `wirebook check: does the documented flow hold on this capture?

  wirebook check FILE...            the book's rules, judged on each journey of the captures
  wirebook check inside.pcap outside.pcap
                                    several captures of the same traffic: their packets are joined, so that
                                    NAT, routers, caches and load balancers can be judged

      --format FORMAT   text (default), json, markdown, junit
      --json            the same as --format json
      --rule RULE       only this rule, or all that begin so ("R-TCP-2", "R-DNS"); may be repeated
  -p FILE               judge your own rules (docs/own-rules.md) instead of the book's; with --rule, both
      --only VERDICT    print only these: confirmed, contradicted, skipped, not-visible, unknown
      --strict          exit code 3 when something stayed unknown
      --vantage PLACE   where the capture was taken, when you know better than the packets tell: client,
                        gateway-inside, gateway-outside, router, last-router, resolver, name-server, cache-front,
                        cache-back, balancer-front, balancer-back, server; FILE=PLACE for one of several
      --keylog FILE     TLS keys of the captures (NSS key log); "env": $SSLKEYLOGFILE
      --lang en|ko      language; otherwise LC_ALL, LC_MESSAGES, LANG decide
      --no-color        no colours

Verdicts: confirmed (the packets agree), contradicted (they do not), skipped (it did not happen here, for a reason that is
shown), not visible here (another vantage or a key log would decide), unknown (this capture cannot decide).

Exit codes: 0 nothing contradicted; 1 something contradicted; 2 usage or input error; 3 with --strict, something stayed unknown.
`,
  ko: `wirebook check: 문서가 말하는 흐름이 이 캡처에서도 맞는가?

  wirebook check FILE...            책의 규칙을 캡처의 여정마다 판정
  wirebook check inside.pcap outside.pcap
                                    같은 트래픽을 여러 곳에서 잡은 캡처: 같은 패킷을 서로 이어
                                    NAT, 라우터, 캐시, 로드 밸런서까지 판정

      --format FORMAT   text(기본), json, markdown, junit
      --json            --format json과 같음
      --rule RULE       이 규칙만, 또는 이렇게 시작하는 규칙 모두 ("R-TCP-2", "R-DNS"). 여러 번 쓸 수 있음
  -p FILE               책 대신 직접 쓴 규칙으로 판정 (docs/own-rules.md). --rule을 함께 쓰면 둘 다
      --only VERDICT    이 판정만 출력: confirmed, contradicted, skipped, not-visible, unknown
      --strict          알 수 없음이 남으면 종료 코드 3
      --vantage PLACE   패킷보다 더 잘 알 때, 캡처를 잡은 곳: client, gateway-inside, gateway-outside, router,
                        last-router, resolver, name-server, cache-front, cache-back, balancer-front, balancer-back,
                        server. 여러 캡처 가운데 하나에는 FILE=PLACE
      --keylog FILE     캡처의 TLS 키(NSS 키 로그). "env": $SSLKEYLOGFILE
      --lang en|ko      언어. 없으면 LC_ALL, LC_MESSAGES, LANG에 따름
      --no-color        색 없음

판정: 맞음(패킷이 그러함), 다름(패킷이 그렇지 않음), 건너뜀(여기서는 일어나지 않았고 까닭을 보임), 여기서는 안 보임(다른 곳의
캡처나 키 로그가 있어야 함), 알 수 없음(이 캡처로는 판정할 수 없음).

종료 코드: 0 다른 것 없음, 1 다른 것이 있음, 2 사용법 또는 입력 오류, 3 --strict에서 알 수 없음이 남음
`,
};
