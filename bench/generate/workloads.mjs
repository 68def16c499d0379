// The three kinds of traffic. Each is a list of scripts in order of their start: [start, generator of times].
import { Conversation } from './conversation.mjs';
import { ACK, RST, SYN } from './frames.mjs';
import {
  ciphertext,
  clientFinished,
  clientHello,
  dnsAnswer,
  dnsEmpty,
  dnsQuestion,
  httpRequest,
  httpResponse,
  serverFlight,
} from './messages.mjs';
import { random } from './random.mjs';

const RESOLVER = 0x0a000035;
const AAAA = 28;
const LARGEST_BODY = 2 << 20;

function* lookup(file, dice, time, client, site, withAaaa) {
  const port = 32768 + dice.below(28000);
  const id = dice.below(65536);
  const other = (id + 1) & 0xffff;
  const edge = dice.chance(0.3) ? `edge${dice.below(90)}.cdn.example` : undefined;
  let now = time;
  yield now;
  file.udp(now, client, port, RESOLVER, 53, dnsQuestion(id, site.name));
  if (withAaaa) {
    now += 0.00003;
    yield now;
    file.udp(now, client, port, RESOLVER, 53, dnsQuestion(other, site.name, AAAA));
  }
  now += dice.chance(0.8) ? dice.between(0.0006, 0.004) : dice.between(0.015, 0.07);
  yield now;
  file.udp(now, RESOLVER, 53, client, port, dnsAnswer(id, site.name, site.address, edge));
  if (withAaaa) {
    now += dice.between(0.0001, 0.001);
    yield now;
    file.udp(now, RESOLVER, 53, client, port, dnsEmpty(other, site.name, AAAA));
  }
  return now + 0.0002;
}

function bodySize(dice) {
  return Math.min(LARGEST_BODY, 64 + Math.floor(dice.longTailed(2300, 1.2)));
}

function* webConnection(file, pools, dice, start, index) {
  const site = pools.sites[Math.floor(pools.sites.length * dice.fraction() ** 2.5)];
  const client = 0x0a010000 + 256 + (index % 2500);
  const secure = dice.chance(0.25);
  const time = dice.chance(0.65) ? yield* lookup(file, dice, start, client, site, dice.chance(0.15)) : start;
  const port = 10000 + (Math.floor(index / 2500) % 50000);
  const talk = new Conversation(
    file,
    dice,
    time,
    client,
    port,
    site.address,
    secure ? 443 : 80,
    site.roundTrip * dice.between(0.8, 1.2),
  );
  yield* talk.open();
  if (secure) {
    const hello = clientHello(site, pools, dice);
    yield* talk.ask(hello.bytes);
    yield* talk.answer(serverFlight(hello.id, pools, dice));
    yield* talk.ask(clientFinished(pools, dice));
  }
  const requests = dice.chance(0.7) ? 1 : 2 + dice.below(3);
  for (let i = 0; i < requests; i++) {
    if (i > 0) talk.time += dice.between(0.01, 0.4);
    yield* talk.ask(secure ? ciphertext(300 + dice.below(250), pools, dice) : httpRequest(site, pools, dice));
    talk.time += dice.chance(0.95) ? dice.between(0.001, 0.08) : dice.between(0.2, 1.8);
    const size = bodySize(dice);
    yield* talk.answer(secure ? ciphertext(size, pools, dice) : httpResponse(size, pools, dice));
  }
  const ending = dice.fraction();
  if (ending > 0.98) return;
  talk.time += dice.between(0.001, 0.2);
  if (ending < 0.93) yield* talk.close(ending < 0.7 ? 0 : 1);
  else yield* talk.reset();
}

function* download(file, pools, dice, start, index, bytes) {
  const site = pools.sites[index];
  const talk = new Conversation(file, dice, start, 0x0a010001 + index, 41000 + index, site.address, 80, site.roundTrip);
  yield* talk.open();
  yield* talk.ask(httpRequest(site, pools, dice));
  talk.time += 0.02;
  const type = 'Content-Type: application/octet-stream';
  yield* talk.answer(Buffer.from(`HTTP/1.1 200 OK\r\nServer: bench\r\n${type}\r\nContent-Length: ${bytes}\r\n\r\n`));
  for (let left = bytes; left > 0; ) {
    const count = Math.min(left, pools.noise.length);
    yield* talk.answer(pools.noise, 0, count);
    left -= count;
    talk.time += 0.001;
  }
  yield* talk.close(0);
}

function* probe(file, dice, start, index) {
  const [scanner, target] = [0x0a020005, 0xac100000 + (index % 1000)];
  const [from, to] = [40000 + (Math.floor(index / 60_000_000) % 1000), 1 + (Math.floor(index / 1000) % 60000)];
  const sequence = dice.bits();
  const fate = dice.fraction();
  yield start;
  file.bareTcp(start, scanner, from, target, to, SYN, sequence, 0);
  const later = start + (fate < 0.75 ? dice.between(0.0005, 0.003) : 1);
  yield later;
  if (fate < 0.7) file.bareTcp(later, target, to, scanner, from, RST | ACK, 0, (sequence + 1) >>> 0);
  else if (fate >= 0.75) file.bareTcp(later, scanner, from, target, to, SYN, sequence, 0);
  else {
    file.bareTcp(later, target, to, scanner, from, SYN | ACK, dice.bits(), (sequence + 1) >>> 0);
    yield later + 0.00004;
    file.bareTcp(later + 0.00004, scanner, from, target, to, RST, (sequence + 1) >>> 0, 0);
  }
}

/** One DNS socket with a few look-ups, each in its turn. */
function* askResolver(file, pools, dice, start, index) {
  const client = 0x0a030000 + (index % 60000);
  const port = 1024 + ((Math.floor(index / 60000) * 41) % 60000);
  let time = start;
  for (let left = 1 + dice.below(4); left > 0; left--) {
    const site = dice.pick(pools.sites);
    const id = dice.below(65536);
    yield time;
    file.udp(time, client, port, RESOLVER, 53, dnsQuestion(id, site.name));
    time += dice.between(0.0005, 0.02);
    yield time;
    if (dice.chance(0.98)) file.udp(time, RESOLVER, 53, client, port, dnsAnswer(id, site.name, site.address));
    time += dice.between(0.001, 0.01);
  }
}

function* arrivals(seed, count, perSecond, script) {
  const clock = random(seed, 0xc10c);
  let time = 0;
  for (let i = 0; i < count; i++) {
    time += clock.exponential(1 / perSecond);
    yield [time, script(random(seed, i + 1), time, i)];
  }
}

/** `size` is in thousandths of the full form: 1 GB in 100 000 connections, 1 GB in 8 downloads, a million flows. */
export const WORKLOADS = {
  web: (file, pools, seed, size) => arrivals(seed, size * 100, 350, (dice, time, i) => webConnection(file, pools, dice, time, i)),
  bulk: (file, pools, seed, size) =>
    arrivals(seed, 8, 40, (dice, time, i) => download(file, pools, dice, time, i, Math.floor((size * 935_000) / 8))),
  tiny: (file, pools, seed, size) =>
    arrivals(seed, size * 1000, 100_000, (dice, time, i) =>
      i % 5 < 3 ? probe(file, dice, time, i) : askResolver(file, pools, dice, time, i),
    ),
};
