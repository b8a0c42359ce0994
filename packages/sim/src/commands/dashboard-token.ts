/** The token of a dashboard that the user has set, if any. */
export const tokenIn = ({ [tokenVariable]: token }: NodeJS.ProcessEnv): string | undefined =>
  token === '' ? undefined : token;

/** Says by what token a dashboard is reached, in place of a random one. */
export const tokenVariable = 'PANOPTES_TOKEN';
