// What other programs may import: import { openPredictor } from 'sentiment-monitor'. Everything else may change with any version.
export { type DailyFigures, dailyFigures } from '../jobs/daily-figures.ts';
export type { Estimate } from './aggregate/estimate.ts';
export { loadConfig, parseConfig } from './config/load.ts';
export { type Config, configSchema } from './config/schema.ts';
export { type ErrorCode, MonitorError } from './errors.ts';
export type { Prediction } from './model/predict-texts.ts';
export { openPredictor, type Predictor } from './model/predictor.ts';
export { packageVersion as version } from './package.ts';
