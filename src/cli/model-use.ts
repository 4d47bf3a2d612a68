import { resolve } from 'node:path';
import type { Command } from 'commander';
import { knownModels } from '../../db/networks.ts';
import { pinAccurateModel } from '../../jobs/accurate-model.ts';
import { compareSeries } from '../../jobs/model-compare.ts';
import { planSwitch, type SwitchOptions, type SwitchPlan, switchModel } from '../../jobs/model-switch.ts';
import { namedModel, offeredModel } from '../../jobs/models.ts';
import { withSession } from '../../jobs/session.ts';
import { formatDay } from '../calendar.ts';
import { loadConfig } from '../config/load.ts';
import { accurateModels } from '../config/second-opinion.ts';
import { MonitorError } from '../errors.ts';
import { modelLabel } from '../model/pinned.ts';
import { comparisonDocument, comparisonText } from './comparison-output.ts';
import { type CommonOptions, databaseCommand, dayOption, jobInputOf, today } from './environment.ts';
import { withStore } from './model-database.ts';
import { printResult } from './output.ts';

interface UseFlags extends CommonOptions {
  dryRun?: true;
  keepHistory?: true;
  fromDay?: string;
  second?: true;
}

export function modelUseCommand(): Command {
  return databaseCommand('use', 'compute the figures with another model; mails nobody', [
    'monitor model use social                 the model that ships with the program',
    'monitor model use ./my-model --dry-run   how much there is to score',
    'monitor model use social@3f2a9c1b        back to one that was used before',
    'monitor model use ./my-model --keep-history',
    'monitor model use social-accurate --second    the accurate model, after an upgrade of it',
  ])
    .argument('<model>', 'a name, the path of a model folder, or name@sha as `monitor model list` shows it')
    .option('--dry-run', 'only show what there is to do; change nothing')
    .option('--keep-history', 'leave old days with the model that they have')
    .option(
      '--from-day <date>',
      'with --keep-history: first day of the new model (default: the first not yet reported)',
    )
    .option('--second', 'take what the settings call so as the accurate model of samples and second opinions')
    .action(async (id: string, flags: UseFlags) => {
      if (flags.second) return useAsSecond(id, flags);
      if (flags.fromDay !== undefined && !flags.keepHistory)
        throw new MonitorError('E_USAGE', '--from-day goes with --keep-history.', {
          remedy: 'Add --keep-history, or leave --from-day out to change all days.',
        });
      const options: SwitchOptions = {
        keepHistory: flags.keepHistory === true,
        fromDay: flags.fromDay === undefined ? null : dayOption(flags.fromDay),
      };
      await (flags.dryRun ? preview(id, flags, options) : use(id, flags, options));
    });
}

/** Samples of days are read anew by it, in the nights to come. */
async function useAsSecond(id: string, flags: UseFlags): Promise<void> {
  const input = jobInputOf(flags);
  const names = accurateModels(input.config);
  const name = names.find((known) => known === id || known === resolve(id));
  if (name === undefined || flags.dryRun || flags.keepHistory)
    throw new MonitorError('E_USAGE', `"${id}" can't be taken as the accurate model like this.`, {
      remedy: `Name it in the settings under sampled_rate or second_opinion, and give that name with --second alone. There now: ${names.join(', ') || '(none)'}.`,
    });
  const { spec, modelSha256: sha256 } = await withSession(input, 'model use', (session) =>
    pinAccurateModel(session, name),
  );
  const label = modelLabel({ name: spec.name, sha256 });
  printResult(flags.json === true, { accurate_model: label, sha256 }, `${label} is the accurate model called ${name}.`);
}

async function preview(id: string, flags: UseFlags, options: SwitchOptions): Promise<void> {
  const config = loadConfig(flags.config);
  await withStore(config, async (store) => {
    const { spec, modelSha256: sha256 } = await namedModel(store.read, config, id);
    const label = modelLabel({ name: spec.name, sha256 });
    const known = (await knownModels(store.read)).find((model) => model.sha256 === sha256);
    const plan = await planSwitch(store.read, known ?? { modelId: -1, networkId: -1 }, options);
    const ready = known !== undefined && !plan.done && plan.texts + plan.days === 0;
    const comparison = ready
      ? await store.snapshot((reader) =>
          compareSeries(reader, config, { a: 'shown', b: { modelId: known.modelId, from: plan.from } }),
        )
      : [];
    const lines = plan.done
      ? [`${label} is in use already.`]
      : [
          `${label} would show ${plan.from === null ? 'all days' : `days from ${formatDay(plan.from)} on`}.`,
          ...sealedLine(plan),
          `To do: ${plan.texts} texts to score, ${plan.days} brand-days to compute. Nothing was changed.`,
          ...(ready ? ['', comparisonText(comparison, { a: 'what is shown now', b: label })] : []),
        ];
    const document = {
      dry_run: true,
      model: label,
      sha256,
      ...planDocument(plan),
      brands: comparisonDocument(comparison),
    };
    printResult(flags.json === true, document, lines.join('\n'));
  });
}

async function use(id: string, flags: UseFlags, options: SwitchOptions): Promise<void> {
  const input = jobInputOf(flags);
  await withSession(
    input,
    'monitor model use',
    async (session) => {
      const { config, model } = session;
      const { plan, run, comparison } = await switchModel(session, options, today(input));
      const label = modelLabel({ name: model.spec.name, sha256: model.modelSha256 });
      const offer = await offeredModel(config, model.modelSha256);
      const revised = Object.values(run?.switch?.revised ?? {}).reduce((sum, days) => sum + days, 0);
      const lines = plan.done
        ? [`${label} is in use already.`]
        : [
            comparisonText(comparison, { a: 'what was shown', b: label }),
            '',
            `scored    ${run?.score?.texts ?? 0} texts, computed ${run?.aggregate?.days ?? 0} brand-days`,
            `switched  ${plan.from === null ? 'all days are' : `days from ${formatDay(plan.from)} on are`} now by ${label}`,
            ...sealedLine(plan),
            `alerts    ${revised} decisions revised; nobody was mailed about the past`,
          ];
      if (offer)
        lines.push(
          `settings  model.use still names ${offer.use}; name the model there too, or each run offers that one`,
        );
      const document = {
        ...{ dry_run: false, model: label, sha256: model.modelSha256, ...planDocument(plan) },
        ...{ run, brands: comparisonDocument(comparison) },
      };
      printResult(flags.json === true, document, lines.join('\n'));
    },
    { use: id },
  );
}

function planDocument(plan: SwitchPlan): Record<string, unknown> {
  return {
    in_use_already: plan.done,
    from: plan.from === null ? null : formatDay(plan.from),
    sealed_before: plan.sealedBefore === null ? null : formatDay(plan.sealedBefore),
    texts: plan.texts,
    brand_days: plan.days,
  };
}

function sealedLine({ sealedBefore }: SwitchPlan): string[] {
  return sealedBefore === null
    ? []
    : [`kept      days before ${formatDay(sealedBefore)} stay as they are: their texts were deleted by age`];
}
