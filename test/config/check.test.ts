import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkConfig } from '../../src/config/check.ts';
import { loadConfig } from '../../src/config/load.ts';

const SOURCE = `tme_zone: UTC
brands:
  acme:
    team: nobody
    alerts:
      - below: 45
      - { type: volume, below: 0.4 }
      - { below: 0.5, recover_above: 0.4 }
      - { metric: positive_rate, below: -0.2 }
teams:
  care: { to: [care] }
mail: { smtp: { host: mail, user: me, password_env: NOT_SET } }
`;

it('tells every mistake at once, by line, and rules that tell the same twice as a warning', () => {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-'));
  const file = join(folder, 'monitor.yaml');
  writeFileSync(file, SOURCE);
  const { errors, warnings } = checkConfig(file, () => undefined);
  expect(errors.map(({ line, text }) => `${line} ${text}`)).toEqual([
    '1 tme_zone is not a known key; did you mean "time_zone"?',
    '4 brands.acme.team names the team "nobody", which is not under teams (now "nobody")',
    '6 brands.acme.alerts[0].below must be at most 1 (now 45); did you mean 0.45?',
    '7 brands.acme.alerts[1].below belongs to a rule of type threshold, and this is volume (now 0.4)',
    '8 brands.acme.alerts[2].recover_above must not be less than below (0.5) (now 0.4)',
    '9 brands.acme.alerts[3].below is a share from 0 to 1; only net_sentiment goes below 0 (now -0.2)',
    '11 teams.care.to[0] is not a mail address (now "care")',
    '12 mail.smtp.password_env names an environment variable that is not set (now "NOT_SET")',
  ]);
  expect(warnings.map(({ line, text }) => `${line} ${text}`)).toEqual([
    '8 brands.acme.alerts[2] watches the same figure as alerts[0]: when both fire, the team is told the same twice',
  ]);
  expect(() => loadConfig(file, () => undefined)).toThrow(/line 1:[\s\S]*line 12:/);
  rmSync(folder, { recursive: true });
});
