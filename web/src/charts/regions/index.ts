export { default as ElsewhereFigure } from './Elsewhere.svelte';
export * from './rows';
