import{f as n,T as o,a as e,b as f}from"./index-EivFroTQ.js";var i=f("<!> <h1>Run</h1>",1);function l(t){var a=i(),r=n(a);o(r,{title:"Run"}),e(t,a)}export{l as default};
