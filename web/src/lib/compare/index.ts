export * from './basket';
export { chosen } from './chosen.svelte';
