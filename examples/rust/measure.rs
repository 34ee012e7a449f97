// A block of a Rust program measured, and a job estimated before it runs. No crate is needed:
//   rustc --edition 2021 measure.rs -L /usr/local/lib -l gramme && ./measure
use std::ffi::{CStr, CString};
use std::os::raw::{c_char, c_void};

#[repr(C)]
struct GrammeError {
    code: i32,
    what: [c_char; 512],
    hint: [c_char; 256],
}

#[repr(C)]
struct GrammeTotals {
    size: usize,
    duration_s: f64,
    energy_kwh: f64,
    cpu_kwh: f64,
    gpu_kwh: f64,
    memory_kwh: f64,
    operational_kgco2e: f64,
    power_w: f64,
    pue: f64,
    intensity_gco2e_per_kwh: f64,
    has_gaps: i32,
}

#[repr(C)]
struct GrammeValue {
    name: *const c_char,
    value: f64,
}

extern "C" {
    fn gramme_text_free(text: *mut c_char);
    fn gramme_estimate(request: *const c_char, json: *mut *mut c_char, error: *mut GrammeError) -> i32;
    fn gramme_tracker_start(settings: *const c_void, tracker: *mut *mut c_void, error: *mut GrammeError) -> i32;
    fn gramme_tracker_stop(tracker: *mut c_void, error: *mut GrammeError) -> i32;
    fn gramme_tracker_free(tracker: *mut c_void);
    fn gramme_tracker_totals(tracker: *mut c_void, totals: *mut GrammeTotals, error: *mut GrammeError) -> i32;
    fn gramme_tracker_summary(tracker: *mut c_void, text: *mut *mut c_char, error: *mut GrammeError) -> i32;
    fn gramme_tracker_log(
        tracker: *mut c_void,
        values: *const GrammeValue,
        count: usize,
        error: *mut GrammeError,
    ) -> i32;
}

/// Runs a call and turns its code into a Result.
fn checked(call: impl FnOnce(*mut GrammeError) -> i32) -> Result<(), String> {
    let mut error = GrammeError { code: 0, what: [0; 512], hint: [0; 256] };
    if call(&mut error) == 0 {
        return Ok(());
    }
    let text = |bytes: &[c_char]| unsafe { CStr::from_ptr(bytes.as_ptr()) }.to_string_lossy().into_owned();
    Err(format!("{} ({})", text(&error.what), text(&error.hint)))
}

/// A text that the library made becomes ours.
fn taken(text: *mut c_char) -> String {
    let copy = unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned();
    unsafe { gramme_text_free(text) };
    copy
}

fn estimate(request: &str) -> Result<String, String> {
    let request = CString::new(request).map_err(|_| "the request holds a NUL".to_string())?;
    let mut json = std::ptr::null_mut();
    checked(|error| unsafe { gramme_estimate(request.as_ptr(), &mut json, error) })?;
    Ok(taken(json))
}

struct Tracker(*mut c_void);

impl Tracker {
    fn start() -> Result<Self, String> {
        let mut tracker = std::ptr::null_mut();
        checked(|error| unsafe { gramme_tracker_start(std::ptr::null(), &mut tracker, error) })?;
        Ok(Tracker(tracker))
    }
    fn log(&self, name: &CStr, value: f64) -> Result<(), String> {
        let one = GrammeValue { name: name.as_ptr(), value };
        checked(|error| unsafe { gramme_tracker_log(self.0, &one, 1, error) })
    }
    fn stop(&self) -> Result<(), String> {
        checked(|error| unsafe { gramme_tracker_stop(self.0, error) })
    }
    fn totals(&self) -> Result<GrammeTotals, String> {
        let mut totals: GrammeTotals = unsafe { std::mem::zeroed() };
        totals.size = std::mem::size_of::<GrammeTotals>();
        checked(|error| unsafe { gramme_tracker_totals(self.0, &mut totals, error) })?;
        Ok(totals)
    }
    fn summary(&self) -> Result<String, String> {
        let mut text = std::ptr::null_mut();
        checked(|error| unsafe { gramme_tracker_summary(self.0, &mut text, error) })?;
        Ok(taken(text))
    }
}

impl Drop for Tracker {
    fn drop(&mut self) {
        unsafe { gramme_tracker_free(self.0) };
    }
}

fn train(step: u32) -> f64 {
    (1..2_000_000u32).map(|i| 1.0 / (f64::from(i) * f64::from(step + 1))).sum()
}

fn main() -> Result<(), String> {
    let json = estimate(r#"{"device": "h100", "count": 8, "hours": 120, "region": "FRA"}"#)?;
    println!("{} ...", &json[..json.len().min(60)]);

    let tracker = Tracker::start()?;
    let loss = CString::new("loss").unwrap();
    let samples = CString::new("samples").unwrap();
    for step in 0..20 {
        tracker.log(&loss, train(step))?;
        tracker.log(&samples, 32.0)?;
    }
    tracker.stop()?;
    let totals = tracker.totals()?;
    println!("all: {:.3} s, {:e} kWh", totals.duration_s, totals.energy_kwh);
    print!("{}", tracker.summary()?);
    Ok(())
}
