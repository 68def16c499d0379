import type { CaptureFacts } from '../facts.ts';
import { confirmed, unknown } from '../findings.ts';
import { fileText, type HopFinding } from '../hop-text.ts';
import type { Hops } from '../hops.ts';
import type { HopsRule } from '../rule.ts';
import { healthChecks, type Repeated, repeatedIn } from './checks.ts';
import { handedOn, serversOf } from './forwarded.ts';
import { behindNotCaptured } from './needs.ts';

const TOLD = 6;
/** What comes faster is somebody's work. In nanoseconds. */
const SLOWLY = 0.9e9;

export const rule: HopsRule = {
  id: 'R-LB-2',
  chapter: 'balancer',
  scope: 'hops',
  statement: {
    en: 'The balancer checks whether its servers are healthy',
    ko: '로드 밸런서는 서버들이 정상인지 확인한다(헬스 체크)',
  },
  reality: {
    en: 'Balancers connect to each server every few seconds, often asking for a path made for it. They belong to no client, and a connect that ends by RST right away is how many of them look.',
    ko: '로드 밸런서는 몇 초마다 각 서버에 연결해 보며, 대개 정해진 경로를 요청합니다. 어떤 클라이언트의 것도 아니며, 연결하자마자 RST로 끊는 것도 흔한 모습입니다.',
  },
  rfc: [],
  vantages: ['balancer-back', 'server'],
  reasons: ['periodic-requests', 'periodic-connects', 'perhaps', 'none-seen', 'behind-not-captured', 'no-connection'],
  needs: [],
  check(hops) {
    const handed = handedOn(hops);
    const found = hops.captures.flatMap((capture) => {
      const handsOn = (client: string): boolean => handed.some((h) => h.capture === capture.index && h.by === client);
      return ofCapture(hops, capture, handsOn);
    });
    const decided = found.filter(({ verdict }) => verdict === 'confirmed');
    if (decided.length > 0) return decided;
    if (found.length > 0) return found;
    // A port forwarding has one server and is no balancer.
    const behind = handed.find((h) => h.exchange !== undefined || serversOf(handed, h.by, h.capture).size > 1);
    if (behind === undefined)
      return [behindNotCaptured(hops, { en: 'whether health checks go to the servers', ko: '서버에 헬스 체크가 가는지' })];
    const capture = hops.captures[behind.capture];
    const seconds = ((capture.lastTime - capture.firstTime) / 1e9).toFixed(1);
    const finding = unknown('none-seen', [behind.packet], {
      en: `${behind.by} hands requests on (packet ${behind.packet}), and no check of its servers was seen in the ${seconds} s of ${fileText(hops, capture.index)}; it may check less often, or not at all`,
      ko: `${behind.by}에서 요청을 넘기고 있지만 (${behind.packet}번 패킷), ${fileText(hops, capture.index)}의 ${seconds}초 동안 서버를 확인하는 것은 없었습니다. 더 드물게 하거나 하지 않을 수 있습니다`,
    });
    return [{ ...finding, capture: capture.index }];
  },
};

function ofCapture(hops: Hops, capture: CaptureFacts, handsOn: (client: string) => boolean): HopFinding[] {
  const repeated = repeatedIn(capture);
  const checks = healthChecks(repeated, handsOn);
  const groups = new Map<string, Repeated[]>();
  for (const each of checks) {
    const key = `${each.client} ${each.what}`;
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [each]);
    else list.push(each);
  }
  const found = [...groups.values()].map((list) => judge(hops, capture, list));
  if (found.length > 0) return found;
  // At an even pace, but nothing tells a check from a program that asks at an even pace.
  return repeated.list
    .filter(({ period, times }) => period !== undefined && period >= SLOWLY && times.length > 3)
    .slice(0, 1)
    .map((each) => ({
      capture: capture.index,
      ...unknown('perhaps', each.packets.slice(0, TOLD), {
        en: `${each.client} asks ${each.server} for the same (${each.what}) every ${seconds(each)} s: a health check, or a program that looks again and again`,
        ko: `${each.client}에서 ${each.server} 쪽에 같은 것(${each.what})을 ${seconds(each)}초마다 요청합니다. 헬스 체크일 수도 있고 주기적으로 확인하는 프로그램일 수도 있습니다`,
      }),
    }));
}

const seconds = ({ period }: Repeated): string => ((period ?? 0) / 1e9).toFixed(1);

function judge(hops: Hops, capture: CaptureFacts, list: Repeated[]): HopFinding {
  const [first] = list;
  const packets = list.flatMap((each) => each.packets.slice(0, 3)).sort((p, q) => p - q);
  const paced = list.find(({ period }) => period !== undefined);
  const servers = list.map(({ server }) => server).join(', ');
  const count = list.reduce((sum, each) => sum + each.packets.length, 0);
  const pace = paced === undefined ? { en: '', ko: '' } : { en: `, every ${seconds(paced)} s`, ko: `, ${seconds(paced)}초마다` };
  const says =
    first.what === 'connect'
      ? {
          en: `${first.client} opens connections to ${servers} and asks nothing (${count} times${pace.en}): health checks`,
          ko: `${first.client}에서 ${servers} 쪽으로 연결만 열고 아무것도 요청하지 않습니다 (${count}번${pace.ko}): 헬스 체크입니다`,
        }
      : {
          en: `${first.client} asks ${servers} for ${first.what} (${count} times${pace.en}) on nobody's behalf: health checks (${fileText(hops, capture.index)})`,
          ko: `${first.client}에서 ${servers} 쪽에 ${first.what} 요청을 보냅니다 (${count}번${pace.ko}). 클라이언트를 대신한 것이 아닌 헬스 체크입니다 (${fileText(hops, capture.index)})`,
        };
  const reason = first.what === 'connect' ? 'periodic-connects' : 'periodic-requests';
  return { capture: capture.index, ...confirmed(reason, packets.slice(0, TOLD), says) };
}
