// One TCP connection as a script: each step says when it happens (yield time) and writes its packet when resumed.
import { ACK, FIN, PSH, RST, SEGMENT, SYN } from './frames.mjs';

const LOST_BURSTS = 0.004;
const FIRST_WINDOW = 10;
const LARGEST_WINDOW = 64;

export class Conversation {
  #file;
  #dice;
  /** [client, server]: addresses, ports, next sequence numbers. */
  #address;
  #port;
  #next;
  window = FIRST_WINDOW;

  constructor(file, dice, time, client, clientPort, server, serverPort, roundTrip) {
    this.#file = file;
    this.#dice = dice;
    this.#address = [client, server];
    this.#port = [clientPort, serverPort];
    this.#next = [dice.bits(), dice.bits()];
    this.time = time;
    this.roundTrip = roundTrip;
  }

  *#packet(side, flags, sequence, acknowledgment, bytes, first = 0, count = 0) {
    yield this.time;
    const [a, p] = [this.#address, this.#port];
    this.#file.tcp(this.time, a[side], p[side], a[1 - side], p[1 - side], flags, sequence, acknowledgment, bytes, first, count);
  }

  #advance(side, by) {
    this.#next[side] = (this.#next[side] + by) >>> 0;
  }

  /** A segment without payload that says what `side` has got so far, unless told otherwise. */
  #plain(side, flags, acknowledgment = this.#next[1 - side]) {
    return this.#packet(side, flags, this.#next[side], acknowledgment);
  }

  *open() {
    yield* this.#plain(0, SYN, 0);
    this.#advance(0, 1);
    this.time += this.roundTrip;
    yield* this.#plain(1, SYN | ACK);
    this.#advance(1, 1);
    this.time += 0.00004;
    yield* this.#plain(0, ACK);
  }

  /** The client's messages are short: its segments leave back to back, and the server acknowledges a round trip later. */
  *ask(bytes) {
    this.time += this.#dice.between(0.0001, 0.0005);
    for (let first = 0; first < bytes.length; first += SEGMENT) {
      const count = Math.min(SEGMENT, bytes.length - first);
      yield* this.#packet(0, first + count === bytes.length ? ACK | PSH : ACK, this.#next[0], this.#next[1], bytes, first, count);
      this.#advance(0, count);
      this.time += 0.00001;
    }
    this.time += this.roundTrip;
    yield* this.#plain(1, ACK);
  }

  /** The server's bytes come in growing bursts, a round trip apart; the client acknowledges every second segment. */
  *answer(bytes, first = 0, end = bytes.length) {
    let at = first;
    while (at < end) {
      const until = Math.min(end, at + this.window * SEGMENT);
      yield* this.#burst(bytes, at, until, until === end);
      at = until;
      this.window = Math.min(LARGEST_WINDOW, this.window * 2);
      if (at < end) this.time += this.roundTrip;
    }
  }

  *#burst(bytes, first, end, last) {
    const dice = this.#dice;
    const segments = Math.ceil((end - first) / SEGMENT);
    const lostAt = segments > 3 && dice.chance(LOST_BURSTS) ? dice.below(segments - 2) : -1;
    const lostBeforeCapture = dice.chance(0.5);
    let lost;
    for (let i = 0; i < segments; i++) {
      const at = first + i * SEGMENT;
      const count = Math.min(SEGMENT, end - at);
      const segment = [1, last && i === segments - 1 ? ACK | PSH : ACK, this.#next[1], this.#next[0], bytes, at, count];
      if (i === lostAt) lost = segment;
      if (i !== lostAt || !lostBeforeCapture) yield* this.#packet(...segment);
      this.#advance(1, count);
      this.time += dice.between(0.00001, 0.00004);
      if (lost !== undefined && i > lostAt) yield* this.#plain(0, ACK, lost[2]);
      else if (lost === undefined && (i % 2 === 1 || i === segments - 1)) yield* this.#plain(0, ACK);
    }
    if (lost !== undefined) {
      this.time += this.roundTrip;
      yield* this.#packet(...lost);
      this.time += 0.00002;
      yield* this.#plain(0, ACK);
    }
  }

  *close(side) {
    const other = 1 - side;
    yield* this.#plain(side, FIN | ACK);
    this.#advance(side, 1);
    this.time += this.roundTrip;
    yield* this.#plain(other, FIN | ACK);
    this.#advance(other, 1);
    this.time += 0.00004;
    yield* this.#plain(side, ACK);
  }

  *reset() {
    yield this.time;
    const [a, p, n] = [this.#address, this.#port, this.#next];
    this.#file.bareTcp(this.time, a[0], p[0], a[1], p[1], RST | ACK, n[0], n[1]);
  }
}
