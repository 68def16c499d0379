import { topic } from '../text/particles.ts';
import type { SeenFlow } from './seen-flows.ts';
import { onItsLink } from './seen-flows.ts';
import type { Place } from './vantage.ts';

/** A host on this link that answers some and asks others. */
export function resolverBetween(flows: SeenFlow[]): Place | undefined {
  const asking = new Map<string, SeenFlow>();
  for (const flow of flows)
    if (flow.kind === 'dns' && onItsLink(flow.request) && !asking.has(flow.client)) asking.set(flow.client, flow);
  for (const answered of flows) {
    const asked = asking.get(answered.server);
    if (answered.kind !== 'dns' || answered.request === undefined || asked?.request === undefined) continue;
    if (answered.response !== undefined && !onItsLink(answered.response)) continue;
    return {
      kinds: ['resolver'],
      evidence: [
        {
          text: {
            en: `${answered.server} is asked by ${answered.client} (packet ${answered.request.number}) and asks ${asked.server} itself (packet ${asked.request.number}): a resolver`,
            ko: `${topic(answered.server)} ${answered.client}의 질문을 받고(${answered.request.number}번 패킷) 스스로 ${asked.server}에 묻습니다(${asked.request.number}번 패킷). 리졸버입니다`,
          },
          packets: [answered.request.number, asked.request.number],
        },
      ],
    };
  }
  return undefined;
}
