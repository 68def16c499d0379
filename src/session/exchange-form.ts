import type { Exchange } from '../correlate/model.ts';
import { putPackets, takePackets, type Whole } from './form-parts.ts';
import type { Form } from './packing.ts';

/** Exchanges, without keys. */
export const EXCHANGES: Form<Exchange> = {
  put(to, exchange) {
    to.number(exchange.id);
    to.number(exchange.connection);
    to.put(exchange.quic);
    to.number(exchange.stream);
    to.word(exchange.version);
    to.put(exchange.method);
    to.word(exchange.scheme);
    to.put(exchange.host);
    to.put(exchange.target);
    to.put(exchange.referer);
    to.put(exchange.location);
    to.put(exchange.contentType);
    to.put(exchange.accept);
    to.put(exchange.requestFields);
    to.put(exchange.contentLength);
    to.put(exchange.cacheFields);
    to.put(exchange.status);
    to.put(exchange.reason);
    to.put(exchange.requestPacket);
    to.put(exchange.requestHeadPacket);
    to.put(exchange.requestEndPacket);
    to.put(exchange.requestTime);
    to.put(exchange.requestEndTime);
    to.put(exchange.responsePacket);
    to.put(exchange.responseHeadPacket);
    to.put(exchange.responseEndPacket);
    to.put(exchange.responseTime);
    to.put(exchange.responseEndTime);
    putPackets(to, exchange.requestPackets);
    putPackets(to, exchange.responsePackets);
    to.number(exchange.requestPacketCount);
    to.number(exchange.responsePacketCount);
    to.put(exchange.requestHeaderBytes);
    to.put(exchange.responseHeaderBytes);
    to.put(exchange.requestTransferBytes);
    to.put(exchange.responseTransferBytes);
    to.number(exchange.requestBodyBytes);
    to.number(exchange.responseBodyBytes);
    to.put(exchange.responseFraming);
    to.put(exchange.sealed);
    to.put(exchange.whole);
    to.put(exchange.complete);
    to.put(exchange.upgraded);
    to.put(exchange.http2);
  },
  take(from) {
    const exchange: Whole<Exchange> = {
      id: from.number(),
      connection: from.number(),
      quic: from.some(),
      stream: from.number(),
      version: from.word() as Exchange['version'],
      method: from.some(),
      scheme: from.word() as Exchange['scheme'],
      host: from.some(),
      target: from.some(),
      referer: from.some(),
      location: from.some(),
      contentType: from.some(),
      accept: from.some(),
      requestFields: from.some(),
      contentLength: from.some(),
      cacheFields: from.some(),
      status: from.some(),
      reason: from.some(),
      requestPacket: from.some(),
      requestHeadPacket: from.some(),
      requestEndPacket: from.some(),
      requestTime: from.some(),
      requestEndTime: from.some(),
      responsePacket: from.some(),
      responseHeadPacket: from.some(),
      responseEndPacket: from.some(),
      responseTime: from.some(),
      responseEndTime: from.some(),
      requestPackets: takePackets(from),
      responsePackets: takePackets(from),
      requestPacketCount: from.number(),
      responsePacketCount: from.number(),
      requestHeaderBytes: from.some(),
      responseHeaderBytes: from.some(),
      requestTransferBytes: from.some(),
      responseTransferBytes: from.some(),
      requestBodyBytes: from.number(),
      responseBodyBytes: from.number(),
      responseFraming: from.some(),
      sealed: from.some(),
      whole: from.value() as boolean,
      complete: from.some(),
      upgraded: from.some(),
      http2: from.some(),
    };
    return exchange;
  },
};
