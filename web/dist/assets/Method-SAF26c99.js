import{f as e,T as r,a as d,b as f}from"./index-D1slOKTG.js";var h=f("<!> <h1>Method</h1>",1);function s(a){var t=h(),o=e(t);r(o,{title:"Method"}),d(a,t)}export{s as default};
