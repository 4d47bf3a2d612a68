import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rulesOf } from '../../src/alerts/rule.ts';
import { loadConfig, parseConfig } from '../../src/config/load.ts';
import { accurateModels } from '../../src/config/second-opinion.ts';
import { MonitorError } from '../../src/errors.ts';
import { packageRoot } from '../../src/package.ts';

const parse = (source: string) => parseConfig(source, '/etc/monitor/monitor.yaml');

function mistakes(source: string): MonitorError {
  try {
    parse(source);
  } catch (thrown) {
    if (thrown instanceof MonitorError) return thrown;
    throw thrown;
  }
  throw new Error('was accepted');
}

describe('a config file', () => {
  it('may be empty: every key has a default', () => {
    expect(parse('')).toMatchObject({
      time_zone: 'UTC',
      data_dir: '/etc/monitor/data',
      inbox: '/etc/monitor/inbox',
      window: 3,
      smoothing: 'calendar',
      brands: {},
    });
  });

  it('has its paths start at its own folder', () => {
    expect(parse('data_dir: ../var\ninbox: /srv/inbox\nmodel: { use: ./mine }')).toMatchObject({
      data_dir: '/etc/var',
      inbox: '/srv/inbox',
      model: { use: '/etc/monitor/mine' },
    });
    expect(parse('model: { use: social }').model.use).toBe('social');
    const asked = (model: string) => `{ acme: { alerts: [{ below: 0.4, second_opinion: { model: ${model} } }] } }`;
    const accurate = (model: string) =>
      accurateModels(parse(`sampled_rate: { model: ${model} }\nbrands: ${asked(model)}`));
    expect(accurate('./mine')).toEqual(['/etc/monitor/mine']);
    expect(accurate('social-accurate')).toEqual(['social-accurate']);
  });

  it('gives a brand an alert of its own by default', () => {
    expect(rulesOf(parse('brands: { acme: {} }'))).toMatchObject([
      { type: 'threshold', metric: 'mean_pos', below: 0.45, minPosts: 30 },
    ]);
  });

  it('can’t be changed after loading', () => {
    const config = parse('brands: { acme: { match: { any: [acme] } } }');
    const terms = config.brands['acme']?.match.any as string[];
    expect(() => terms.push('x')).toThrow(TypeError);
  });

  it('is read from the folder it is in', () => {
    const folder = mkdtempSync(join(tmpdir(), 'monitor-'));
    writeFileSync(join(folder, 'monitor.yaml'), 'time_zone: Europe/Berlin\n');
    expect(loadConfig(join(folder, 'monitor.yaml')).data_dir).toBe(join(folder, 'data'));
    rmSync(folder, { recursive: true });
    expect(() => loadConfig(join(folder, 'monitor.yaml'))).toThrow(
      expect.objectContaining({ code: 'E_CONFIG_MISSING' }),
    );
  });

  it.each(['monitor.example.yaml', 'examples/monitor.yaml'])('%s is valid', (file) => {
    expect(loadConfig(join(packageRoot, file)).time_zone).toBeTruthy();
  });
});

describe('a mistake in the config', () => {
  it('is told with its line, key and the nearest known key', () => {
    const error = mistakes('time_zone: UTC\nbrands:\n  acme:\n    matches: { any: [acme] }\n');
    expect(error.code).toBe('E_CONFIG');
    expect(error.place).toEqual({ file: '/etc/monitor/monitor.yaml', line: 4 });
    expect(error.message).toContain('brands.acme.matches is not a known key; did you mean "match"?');
  });

  it('lists the known keys where none is near', () => {
    expect(mistakes('model: { gpu: true }').message).toContain('known here: use, engine, workers');
  });

  it.each([
    ['time_zone: Europe/Berlln', 'line 1: time_zone is not a time zone name'],
    ['brands: { acme: { alerts: [{ below: 45 }] } }', 'brands.acme.alerts[0].below'],
    ['teams: { care: { to: [nobody] } }', 'teams.care.to[0] is not a mail address (now "nobody")'],
    ['brands: { acme: { team: care } }', 'names the team "care", which is not under teams'],
    ['brands: { acme: { alerts: [{ below: 0.5, recover_above: 0.4 }] } }', 'must not be less than below (0.5)'],
    ['brands: { "Acme Air": {} }', 'use small letters, digits and hyphens'],
    ['window: three', 'line 1: window must be a number (now "three")'],
    ['smoothing: daily', 'must be one of calendar, rows'],
    ['schedule: nightly', 'schedule is not a cron line'],
    ['mail: { smtp: { port: 587 } }', 'mail.smtp.host is missing'],
    ['mail: { smtp: { host: mail, user: monitor } }', 'mail.smtp.user and one of password_env and password_file'],
    ['- a\n- b', 'the file must be a group of keys'],
  ])('%s', (source, message) => {
    expect(mistakes(source).message).toContain(message);
  });

  it('comes with all the others at once', () => {
    const { message } = mistakes('window: 0\nsmoothing: x\nfoo: 1\n');
    expect(message.match(/line \d/g)).toEqual(['line 1', 'line 2', 'line 3']);
  });

  it('in the YAML itself is told with its line', () => {
    const error = mistakes('brands:\n  acme: [\n');
    expect(error.message).toContain('not valid YAML');
    expect(error.place.line).toBeGreaterThan(1);
  });

  it('of the same key twice is refused', () => {
    expect(mistakes('window: 3\nwindow: 4').message).toContain('not valid YAML');
  });
});
