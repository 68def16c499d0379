import type { Text } from './text.ts';

export const BOOK_USAGE: Text = {
  en: `wirebook book: the documented flow of a web request, statement by statement

  wirebook book [FILE]              the contents; with a capture, the verdicts on it
  wirebook book CHAPTER [FILE]      one chapter, by name or number: what the documents say, what is right, and why
  wirebook book all [FILE]          everything (try: wirebook book all | less -R)
  wirebook explain RULE             one rule with all its sources
  wirebook explain FILE --packet N  one packet: its place in the story, its fields, the rules it is evidence for

      --keylog FILE                 TLS keys (NSS key log), so that what is inside TLS can be judged
      --lang en|ko                  language; otherwise LC_ALL, LC_MESSAGES, LANG decide
      --no-color                    no colours
`,
  ko: `wirebook book: 문서가 말하는 웹 요청의 흐름을 한 문장씩

  wirebook book [FILE]              차례. 캡처를 쓰면 그 캡처의 판정도 함께
  wirebook book CHAPTER [FILE]      이름이나 번호로 한 장: 문서의 말, 실제로 맞는 것, 그 근거
  wirebook book all [FILE]          전부 (예: wirebook book all | less -R)
  wirebook explain RULE             규칙 하나와 그 출처 전부
  wirebook explain FILE --packet N  패킷 하나: 흐름에서의 자리, 필드의 뜻, 근거가 되는 규칙

      --keylog FILE                 TLS 키 (NSS 키 로그). TLS 안까지 판정하려면
      --lang en|ko                  언어. 없으면 LC_ALL, LC_MESSAGES, LANG에 따름
      --no-color                    색 없음
`,
};
