// Before the first paint: the theme worn last, so that no white page dazzles a dark bay while the app loads.
document.documentElement.dataset.theme = localStorage.getItem('wardlight.worn') ?? 'day';
