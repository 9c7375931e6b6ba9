// npm run bench -- detect [speed|families|shop|plant|feed] [--details] [--all] [--only NAME] [--first N] [--seeds N] [--attacked N]
// [--attacks first|later]: events
// per second and memory; false incidents, attacks noticed and how soon, in many kinds of honest traffic, beside what is aimed at. Without
// a name: speed and families, in some minutes.
import { parseArgs } from 'node:util';
import { familyQuality } from './families/quality.ts';
import { feedQuality, plantQuality, shopQuality } from './quality.ts';
import { speed } from './speed.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    first: { type: 'string', default: '41' },
    seeds: { type: 'string', default: '1' },
    attacked: { type: 'string', default: '1' },
    share: { type: 'string', default: '1' },
    all: { type: 'boolean', default: false },
    details: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    attacks: { type: 'string', multiple: true, default: ['first', 'later'] },
  },
});
const seeds = { first: Number(values.first), ordinary: Number(values.seeds), attacked: Number(values.attacked) };
const chosen = positionals.length === 0 ? ['speed', 'families'] : positionals;
if (chosen.includes('speed')) speed(Number(values.share));
if (chosen.includes('shop')) await shopQuality(seeds);
if (chosen.includes('plant')) plantQuality(seeds);
if (chosen.includes('feed')) feedQuality(seeds);
if (chosen.includes('families'))
  await familyQuality({
    first: Number(values.first),
    seeds: Number(values.seeds),
    attacked: values.attacked === '0' ? 'none' : values.all ? 'all' : 'some',
    only: values.only,
    sets: (['first', 'later'] as const).filter((one) => values.attacks.includes(one)),
    details: values.details,
  });
