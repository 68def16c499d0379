import type { Text } from './text.ts';

export const RUN_USAGE: Text = {
  en: `wirebook run: what one command does on the wire

  wirebook run [OPTIONS] [--] COMMAND [ARGUMENTS]

Runs the command and captures what it causes, nothing else. As root, in a network of its own, as the user who called sudo; otherwise
among everybody's packets, of which those of the command's own sockets are kept, with its DNS lookups. The command keeps its input,
its output and its exit code (128 + number for a signal). The report comes on standard error when the command has ended.

  -w, --write FILE     keep the capture (pcapng, readable for you only)
      --include-secrets
                       its TLS keys go into that file, too (whoever has it can read everything)
  -o, --output FILE    the report goes there; "-": standard output
      --format FORMAT  text (default), json, jsonl, har (all but text with --output)
  -i, --interface IF   capture there, without a network of its own (lo, say, for servers on this machine)
      --stream-hashes  SHA-256 of every TCP stream in the JSON report
      --lang en|ko     language

SSLKEYLOGFILE is set to a private file for the command, which goes with the run: with it the report shows what is inside HTTPS. Where
you have set it yourself, the command writes to your file, and the report reads it there. Keys are in no report.
`,
  ko: `wirebook run: 명령 하나가 선 위에서 하는 일

  wirebook run [옵션] [--] 명령 [인자]

명령을 실행하고 그 명령이 일으킨 것만 캡처합니다. root면 전용 네트워크 안에서 sudo를 부른 사용자로 실행하고, 아니면 모든 패킷 중
명령의 소켓에 속한 것과 그 DNS 조회만 남깁니다. 명령의 입력, 출력, 종료 코드(시그널이면 128 + 번호)는 그대로입니다. 보고서는 명령이
끝나면 표준 오류로 나옵니다.

  -w, --write FILE     캡처를 남김 (pcapng, 본인만 읽을 수 있음)
      --include-secrets
                       그 파일에 TLS 키도 넣음 (파일을 가진 사람은 내용을 모두 읽을 수 있음)
  -o, --output FILE    보고서를 쓸 파일. "-"는 표준 출력
      --format FORMAT  text(기본), json, jsonl, har (text 말고는 --output과 함께)
  -i, --interface IF   전용 네트워크 없이 그곳에서 캡처 (예: 이 컴퓨터의 서버에는 lo)
      --stream-hashes  모든 TCP 스트림의 SHA-256을 JSON 보고서에 넣음
      --lang en|ko     언어

SSLKEYLOGFILE은 실행과 함께 사라지는 비공개 파일로 설정되고, 그것으로 HTTPS 안의 내용을 보고서에 보여 줍니다. 직접 설정해 두었으면 명령은
그 파일에 키를 쓰고 보고서도 그 파일을 읽습니다. 키는 어떤 보고서에도 들어가지 않습니다.
`,
};

export const RUN = {
  usersKeyLog: {
    en: 'the TLS keys go to your own SSLKEYLOGFILE, {path}; the report reads them there',
    ko: 'TLS 키는 설정해 두신 SSLKEYLOGFILE({path})에 쓰이고, 보고서도 그것을 읽습니다',
  },
  noKeyLog: {
    en: 'your own SSLKEYLOGFILE, {path}, cannot be read: what is inside HTTPS stays hidden',
    ko: '설정해 두신 SSLKEYLOGFILE({path})을 읽을 수 없습니다. HTTPS 안의 내용은 보이지 않습니다',
  },
  alone: {
    en: 'the command runs in a network of its own; all of its packets are captured ("localhost" is the command\'s own, too)',
    ko: '명령을 전용 네트워크에서 실행하고 그 패킷을 모두 캡처합니다 ("localhost"도 명령만의 것입니다)',
  },
  noIpv6: { en: 'that network has no IPv6', ko: '이 네트워크에는 IPv6가 없습니다' },
  among: {
    en: "packets are captured on {where}; those of the command's own sockets and its DNS lookups are kept; connections of less than some milliseconds may be missed",
    ko: '{where}에서 캡처하고 명령의 소켓에 속한 패킷과 DNS 조회만 남깁니다. 몇 밀리초보다 짧은 연결은 빠질 수 있습니다',
  },
  noNetwork: { en: 'no network of its own for the command ({why})', ko: '명령의 전용 네트워크를 만들 수 없습니다 ({why})' },
  left: {
    en: 'processes that the command has left behind, now without a network: {n}',
    ko: '명령이 남긴 프로세스 {n}개가 네트워크 없이 남아 있습니다',
  },
  notFound: { en: '{command}: command not found', ko: '{command}: 명령을 찾을 수 없습니다' },
  notExecutable: { en: '{command}: cannot be executed', ko: '{command}: 실행할 수 없습니다' },
  dropped: {
    en: '{n} packets were dropped; the report is not complete',
    ko: '패킷 {n}개를 잃어 보고서가 완전하지 않습니다',
  },
  cannotWrite: { en: '{path}: cannot be written: {why}', ko: '{path}: 쓸 수 없습니다: {why}' },
} satisfies Record<string, Text>;
