// Sets the theme before the first paint: a blocking file, since the page's policy refuses inline scripts.
// The choice (auto, light, dark) is kept in this browser; `auto` follows the system, also when it changes.
(function () {
  var system = matchMedia('(prefers-color-scheme: dark)');
  function choice() {
    try {
      return localStorage.getItem('gramme-theme') || 'auto';
    } catch {
      return 'auto';
    }
  }
  function apply() {
    var chosen = choice();
    var dark = chosen === 'dark' || (chosen !== 'light' && system.matches);
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    dispatchEvent(new Event('gramme-theme'));
  }
  system.addEventListener('change', apply);
  addEventListener('gramme-theme-choice', apply);
  apply();
})();
