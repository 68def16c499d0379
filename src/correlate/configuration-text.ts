import type { Text } from '../text/text.ts';
import type { Configuration } from './configuration.ts';

/** Of a list longer than this the text says how many more there are. */
const SHOWN = 4;
const FOR_EVER = 0xffffffff;

const KIND: Record<Configuration['kind'], Text> = {
  dhcp: { en: 'DHCP server', ko: 'DHCP 서버' },
  dhcpv6: { en: 'DHCPv6 server', ko: 'DHCPv6 서버' },
  ra: { en: 'router', ko: '라우터' },
};
const EVERYBODY: Text = { en: 'everybody on the link', ko: '링크의 모두' };

const PARTS: [keyof Configuration, Text][] = [
  ['addresses', { en: 'address', ko: '주소' }],
  ['delegated', { en: 'prefix to hand on', ko: '나눠 줄 프리픽스' }],
  ['resolvers', { en: 'resolver', ko: '리졸버' }],
  ['gateways', { en: 'gateway', ko: '게이트웨이' }],
  ['prefixes', { en: 'prefix', ko: '프리픽스' }],
  ['domains', { en: 'domain', ko: '도메인' }],
];

/** "DHCP server 192.0.2.1 told 02:…: address 192.0.2.9, resolver 192.0.2.53, lease 3600 s (packet 5)" */
export function toldText(told: Configuration): Text {
  const client = told.client.mac ?? told.client.address ?? told.client.duid;
  const to = (language: 'en' | 'ko'): string => client ?? EVERYBODY[language];
  const en = `${KIND[told.kind].en} ${told.server} told ${to('en')}: ${parts(told, 'en')}`;
  const ko = `${KIND[told.kind].ko} ${told.server} → ${to('ko')}: ${parts(told, 'ko')}`;
  const more = told.packetCount - 1;
  return {
    en: `${en} (packet ${told.packet}${more > 0 ? `, ${more} more` : ''})`,
    ko: `${ko} (${told.packet}번 패킷${more > 0 ? `, 그 뒤 ${more}번 더` : ''})`,
  };
}

function parts(told: Configuration, language: 'en' | 'ko'): string {
  const list: string[] = [];
  for (const [key, label] of PARTS) {
    const values = told[key] as string[];
    if (values.length === 0) continue;
    const more = values.length > SHOWN ? ` … (${values.length})` : '';
    list.push(`${label[language]} ${values.slice(0, SHOWN).join(' ')}${more}`);
  }
  const seconds = told.leaseSeconds ?? told.routerSeconds;
  if (seconds !== undefined) {
    const what = told.leaseSeconds === undefined ? { en: 'for', ko: '유효' } : { en: 'lease', ko: '임대' };
    const long = { en: seconds === FOR_EVER ? 'for ever' : `${seconds} s`, ko: seconds === FOR_EVER ? '무기한' : `${seconds}초` };
    list.push(`${what[language]} ${long[language]}`);
  }
  return list.join(', ');
}
