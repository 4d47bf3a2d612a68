import { KEYS_OF, type RuleKey, type RuleType } from './alerts.ts';

type Path = readonly (string | number)[];

/** A mistake that one key alone doesn't show, at the key to change. */
export interface Problem {
  readonly path: Path;
  readonly message: string;
}

/**
 * What is wrong between keys that are right by themselves. Reads settings as they are written, before or after defaults, and
 * passes over what has another mistake: so that all mistakes of a file are told at once.
 */
export function crossProblems(settings: unknown): Problem[] {
  const brands = entries(at(settings, 'brands'));
  const known = new Set(brands.map(([id]) => id));
  const teams = new Set(entries(at(settings, 'teams')).map(([name]) => name));
  const defaults = at(at(settings, 'alerts'), 'defaults');
  const problems = entries(at(settings, 'sources')).flatMap(([name, source]) =>
    missing(at(source, 'brand'), known, ['sources', name, 'brand'], 'brand', 'brands'),
  );
  for (const [id, brand] of brands) {
    problems.push(...missing(at(brand, 'team'), teams, ['brands', id, 'team'], 'team', 'teams'));
    for (const [index, rule] of list(at(brand, 'alerts')).entries())
      problems.push(...ruleProblems(rule, defaults, ['brands', id, 'alerts', index]));
  }
  return [...problems, ...limitProblems(defaults, ['alerts', 'defaults'])];
}

function missing(name: unknown, known: ReadonlySet<string>, path: Path, kind: string, section: string): Problem[] {
  return typeof name !== 'string' || known.has(name)
    ? []
    : [{ path, message: `names the ${kind} "${name}", which is not under ${section}` }];
}

function ruleProblems(rule: unknown, defaults: unknown, path: Path): Problem[] {
  const type = at(rule, 'type') ?? at(defaults, 'type') ?? 'threshold';
  if (typeof type !== 'string' || !(type in KEYS_OF)) return [];
  const own = KEYS_OF[type as RuleType];
  const foreign = entries(rule).flatMap(([key]) => {
    const kinds = Object.entries(KEYS_OF).flatMap(([kind, keys]) => (keys.includes(key as RuleKey) ? [kind] : []));
    if (kinds.length === 0 || own.includes(key as RuleKey)) return [];
    return [{ path: [...path, key], message: `belongs to a rule of type ${kinds.join(' or ')}, and this is ${type}` }];
  });
  return [...foreign, ...limitProblems(rule, path, at(defaults, 'metric'))];
}

function limitProblems(rule: unknown, path: Path, usual: unknown = undefined): Problem[] {
  const [below, recover] = [at(rule, 'below'), at(rule, 'recover_above')];
  const problems: Problem[] = [];
  if (typeof below === 'number' && typeof recover === 'number' && recover < below)
    problems.push({ path: [...path, 'recover_above'], message: `must not be less than below (${below})` });
  if ((at(rule, 'metric') ?? usual) === 'net_sentiment') return problems;
  for (const [key, value] of [
    ['below', below],
    ['recover_above', recover],
  ] as const)
    if (typeof value === 'number' && value < 0 && value >= -1)
      problems.push({ path: [...path, key], message: 'is a share from 0 to 1; only net_sentiment goes below 0' });
  return problems;
}

/** Rules of a brand that tell the same thing twice: which of two, and at which key. */
export function crossWarnings(settings: unknown): Problem[] {
  const defaults = at(at(settings, 'alerts'), 'defaults');
  return entries(at(settings, 'brands')).flatMap(([id, brand]) => {
    const seen = new Map<string, number>();
    return list(at(brand, 'alerts')).flatMap((rule, index) => {
      const of = (key: RuleKey): unknown => at(rule, key) ?? at(defaults, key);
      const type = of('type') ?? 'threshold';
      const watched =
        type === 'threshold' || type === 'baseline' ? `${of('metric') ?? 'mean_pos'} ${of('window')}` : '';
      const first = seen.get(`${type} ${watched}`);
      if (first === undefined) {
        seen.set(`${type} ${watched}`, index);
        return [];
      }
      const what = type === 'threshold' ? `watches the same figure as alerts[${first}]` : `repeats alerts[${first}]`;
      return [
        { path: ['brands', id, 'alerts', index], message: `${what}: when both fire, the team is told the same twice` },
      ];
    });
  });
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function entries(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
