import { describe, expect, test } from 'vitest';
import type { LiveView } from '../../src/session/session.ts';
import { Drive } from './drive.ts';
import { FakeSession } from './fake.ts';

class LiveFake extends FakeSession {
  state: LiveView = { interfaces: ['eth0'], running: true, paused: false, dropped: 0, notes: [] };
  shown = 2;
  live(): LiveView {
    return this.state;
  }
  override journeyCount(): number {
    return Math.min(this.shown, super.journeyCount());
  }
}

const drive = (session = new LiveFake(), language: 'en' | 'ko' = 'en') =>
  new Drive(session, { live: true, width: 100, language });

describe('a live capture on screen', () => {
  test('the newest journey is selected until somebody moves, and again after G', () => {
    const session = new LiveFake();
    const d = drive(session);
    expect(d.model.places.journeys.cursor).toBe(1);
    session.shown = 3;
    expect(d.changed().model.places.journeys.cursor).toBe(2);
    d.press('k');
    session.shown = 4;
    expect(d.changed().model.places.journeys.cursor).toBe(1);
    d.press('G');
    session.shown = 5;
    expect(d.changed().model.places.journeys.cursor).toBe(4);
  });

  test('drops are told from drops that nobody counts', () => {
    const session = new LiveFake();
    const d = drive(session);
    expect(d.text()).toContain('LIVE');
    expect(d.text()).toContain('dropped 0');
    session.state = { ...session.state, dropped: 1200, interfaceDropped: 34 };
    expect(d.changed().text()).toContain('dropped 1,234');
    delete session.state.dropped;
    expect(d.changed().text()).toContain('dropped not available');
  });

  test('a pause says how much is unseen, the end says why', () => {
    const session = new LiveFake();
    session.state = { ...session.state, paused: true, unseen: 1500 };
    expect(drive(session).text()).toContain('PAUSED, 1,500 unseen');
    expect(drive(session, 'ko').text()).toContain('일시정지, 안 본 패킷 1,500');
    session.state = { ...session.state, paused: false, running: false, notes: [{ en: 'eth0: gone\u001b[2J', ko: '' }] };
    const text = drive(session).text();
    expect(text).toContain('capture ended');
    expect(text).toContain('eth0: gone');
    expect(text).not.toContain('\u001b');
  });
});
