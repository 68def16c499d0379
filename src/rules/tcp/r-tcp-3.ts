import type { Connection } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, contradicted, skipped, unknown } from '../findings.ts';
import { bothDirections, connectionOf, fromItsBeginning } from '../needs.ts';
import type { JourneyRule } from '../rule.ts';
import { clientText, type Segment, segmentsOf, serverText } from '../segments.ts';
import { openingOf } from './handshake.ts';

/** Packets of a connection among which its first payload is looked for. */
const LOOK = 512;
const STEP = 8;

export const rule: JourneyRule = {
  id: 'R-TCP-3',
  chapter: 'tcp',
  scope: 'journey',
  statement: {
    en: 'Data flows only after the third packet of the handshake',
    ko: '데이터는 핸드셰이크의 세 번째 패킷 뒤에만 흐른다',
  },
  reality: {
    en: 'Usually. The third segment may carry the first data itself (RFC 9293 §3.5), and with fast open the SYN does (RFC 7413).',
    ko: '대개 그렇습니다. 세 번째 세그먼트가 첫 데이터를 직접 실을 수 있고 (RFC 9293 §3.5), Fast Open에서는 SYN이 싣습니다 (RFC 7413).',
  },
  rfc: ['RFC 9293 §3.5', 'RFC 7413'],
  vantages: ['client', 'server'],
  reasons: ['after-third', 'with-third', 'data-in-syn', 'before-third', 'no-data', 'not-established', 'capture-loss', 'no-ack'],
  needs: [fromItsBeginning, bothDirections],
  check(subject) {
    const { capture } = subject;
    const connection = connectionOf(subject);
    if (connection === undefined) throw new Error('no connection');
    const { syns, synAcks, ack } = openingOf(capture, connection);
    const inSyn = [...syns, ...synAcks].find((each) => each.length > 0);
    if (inSyn !== undefined) {
      const who = inSyn.fromClient ? clientText(connection) : serverText(connection);
      return contradicted('data-in-syn', [inSyn.number, ack?.number], {
        en: `${who.en} sent ${inSyn.length} bytes of data in its SYN already, in packet ${inSyn.number} (fast open, RFC 7413)`,
        ko: `${who.ko}가 ${inSyn.number}번 패킷의 SYN에 이미 데이터 ${inSyn.length}바이트를 실어 보냈습니다 (Fast Open, RFC 7413)`,
      });
    }
    if (synAcks.length === 0)
      return skipped('not-established', syns.map((each) => each.number).slice(0, 4), {
        en: `no connection came about with ${serverText(connection).en}, and no data flowed`,
        ko: `${serverText(connection).ko}와 연결이 이루어지지 않아 데이터가 흐르지 않았습니다`,
      });
    const data = firstData(capture, connection);
    if (data === undefined)
      return skipped('no-data', [ack?.number ?? synAcks[0].number], {
        en: `no data was sent on the connection of ${clientText(connection).en} and ${serverText(connection).en}`,
        ko: `${clientText(connection).ko}와 ${serverText(connection).ko} 사이의 연결에는 데이터가 없었습니다`,
      });
    if (ack === undefined)
      return unknown('no-ack', [synAcks[0].number, data.number], {
        en: `the third segment of the handshake is not in the capture; the first data is in packet ${data.number}`,
        ko: `핸드셰이크의 세 번째 세그먼트가 캡처에 없습니다. 첫 데이터는 ${data.number}번 패킷에 있습니다`,
      });
    if (data.number > ack.number)
      return confirmed('after-third', [ack.number, data.number], {
        en: `the third segment is packet ${ack.number}, the first data (${data.length} bytes) is in packet ${data.number}`,
        ko: `세 번째 세그먼트는 ${ack.number}번 패킷이고 첫 데이터(${data.length}바이트)는 ${data.number}번 패킷에 있습니다`,
      });
    if (connection.traits?.includes('capture-loss'))
      return unknown('capture-loss', [synAcks[0].number, data.number], {
        en: `packet ${data.number} has data and is the first after the SYN+ACK here, but this capture lost packets: the third segment may have been one of them`,
        ko: `여기서는 데이터가 있는 ${data.number}번 패킷이 SYN+ACK 다음의 첫 패킷이지만, 이 캡처는 패킷을 놓쳤습니다. 세 번째 세그먼트를 놓쳤을 수 있습니다`,
      });
    if (data.number === ack.number)
      return contradicted('with-third', [synAcks[0].number, data.number], {
        en: `the third segment itself, packet ${data.number}, carried the first ${data.length} bytes of data`,
        ko: `세 번째 세그먼트인 ${data.number}번 패킷이 첫 데이터 ${data.length}바이트를 직접 실었습니다`,
      });
    return contradicted('before-third', [data.number, ack.number], {
      en: `packet ${data.number} carried ${data.length} bytes of data before the third segment, packet ${ack.number}`,
      ko: `세 번째 세그먼트(${ack.number}번 패킷)보다 먼저 ${data.number}번 패킷이 데이터 ${data.length}바이트를 실었습니다`,
    });
  },
};

/** The connection's first payload, looked for a few packets at a time: it is among the first ones. */
function firstData(capture: CaptureFacts, c: Connection): Segment | undefined {
  let from = c.firstPacket;
  for (let read = 0; read < LOOK; read += STEP) {
    const numbers = capture.packetsFrom(c.id, from, STEP);
    const found = segmentsOf(capture, c, numbers).find((each) => each.length > 0);
    if (found !== undefined || numbers.length < STEP) return found;
    from = numbers[numbers.length - 1] + 1;
  }
  return undefined;
}
