import { confirmed, contradicted, notVisible } from '../findings.ts';
import { isLoopback, isPrivate } from '../origin.ts';
import type { JourneyRule } from '../rule.ts';
import { askedItself, ownLookups, WITHOUT_QUESTION } from './asking.ts';
import { tellerOf } from './configured.ts';
import { PROVIDERS_RESOLVERS, PUBLIC_RESOLVERS } from './resolvers.ts';

export const rule: JourneyRule = {
  id: 'R-DNS-3',
  chapter: 'dns',
  scope: 'journey',
  statement: {
    en: "The resolver that is asked is the Internet provider's",
    ko: '질문을 받는 리졸버는 인터넷 사업자(ISP)의 것이다',
  },
  reality: {
    en: 'Often it is the home router (which passes the question on), a stub on the same machine (127.0.0.53), a public resolver such as 8.8.8.8 or 1.1.1.1, or one reached by DNS over TLS or HTTPS. Who runs an address is not in the packets.',
    ko: '집의 공유기(질문을 넘겨줌), 같은 컴퓨터의 스텁(127.0.0.53), 8.8.8.8이나 1.1.1.1 같은 공용 리졸버, DNS over TLS나 HTTPS인 경우가 많습니다. 주소를 누가 운영하는지는 패킷에 없습니다.',
  },
  rfc: ['RFC 2132 §3.8', 'RFC 8106 §5.1', 'RFC 9499 §6'],
  vantages: ['client', 'gateway-inside', 'gateway-outside'],
  reasons: ['provider', 'given', 'public-resolver', 'own-network', 'stub', 'owner-not-told', ...WITHOUT_QUESTION],
  needs: [askedItself],
  check(subject) {
    const lookup = ownLookups(subject)[0];
    const { address } = lookup.server;
    const client = lookup.client.address;
    const told = tellerOf(subject.capture, lookup);
    const provider = PROVIDERS_RESOLVERS.get(address);
    if (provider !== undefined)
      return confirmed('provider', [lookup.packet], {
        en: `packet ${lookup.packet} asks ${address}, a resolver of ${provider}`,
        ko: `${lookup.packet}번 패킷은 ${provider} 리졸버인 ${address}에 물었습니다`,
      });
    const open = PUBLIC_RESOLVERS.get(address);
    if (open !== undefined)
      return contradicted('public-resolver', [lookup.packet], {
        en: `packet ${lookup.packet} asks ${address}: the public resolver of ${open}, not the provider's`,
        ko: `${lookup.packet}번 패킷은 ${address}에 물었습니다: ISP가 아니라 ${open}의 공용 리졸버입니다`,
      });
    if (isLoopback(address))
      return contradicted('stub', [lookup.packet], {
        en: `packet ${lookup.packet} asks ${address}: a stub on the same machine, which asks another resolver itself`,
        ko: `${lookup.packet}번 패킷은 ${address}에 물었습니다: 같은 컴퓨터의 스텁이며, 스텁이 다시 다른 리졸버에 묻습니다`,
      });
    if (isPrivate(address))
      return contradicted('own-network', [lookup.packet, told?.packet], {
        en: `packet ${lookup.packet} asks ${address}, a private address: a resolver or forwarder of the client's own network, mostly the router`,
        ko: `${lookup.packet}번 패킷은 사설 주소인 ${address}에 물었습니다: 클라이언트 자신의 네트워크에 있는 리졸버나 전달기이며, 대개 공유기입니다`,
      });
    if (told !== undefined)
      return confirmed('given', [told.packet, lookup.packet], {
        en: `packet ${lookup.packet} asks ${address}, the resolver that the network gave to ${client} (${told.kind}, packet ${told.packet})`,
        ko: `${lookup.packet}번 패킷은 네트워크가 ${client}에 알려 준 리졸버 ${address}에 물었습니다 (${told.kind}, ${told.packet}번 패킷)`,
      });
    return notVisible(
      'owner-not-told',
      [lookup.packet],
      {
        en: `packet ${lookup.packet} asks ${address}: whose resolver that is does not stand in any packet, and it is none of the well-known public ones`,
        ko: `${lookup.packet}번 패킷은 ${address}에 물었습니다: 누구의 리졸버인지는 어느 패킷에도 없으며, 알려진 공용 리졸버는 아닙니다`,
      },
      {
        text: { en: 'ask the registry who holds the address', ko: '주소를 누가 가졌는지 등록 기관에 물어보세요' },
        command: `whois ${address}`,
      },
    );
  },
};
